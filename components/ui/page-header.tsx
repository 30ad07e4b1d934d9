import type { ReactNode } from "react";

import { Breadcrumb, type Crumb } from "./breadcrumb";

type Props = {
  title: ReactNode;
  description?: ReactNode;
  crumbs?: readonly Crumb[] | undefined;
  /** State badges beside the title. */
  badges?: ReactNode;
  actions?: ReactNode;
};

/** The head of every page: where it sits, its one `h1`, what it is for, what can be done. */
export const PageHeader = ({ title, description, crumbs, badges, actions }: Props) => (
  <header className="mb-5">
    {crumbs !== undefined && crumbs.length > 0 && (
      <div className="mb-1.5">
        <Breadcrumb crumbs={crumbs} />
      </div>
    )}
    <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <div className="min-w-0 flex-1 basis-72">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight break-words">{title}</h1>
          {badges}
        </div>
        {description !== undefined && <div className="text-muted mt-1 max-w-3xl text-sm">{description}</div>}
      </div>
      {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
    </div>
  </header>
);
