import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

type Props = {
  icon: LucideIcon;
  title: string;
  /** Why, what to do, and that nothing was lost when nothing was. */
  children: ReactNode;
  actions?: ReactNode;
};

/** What stands in the place of a page that cannot be shown: what happened, why, where to go. */
export const ProblemPage = ({ icon: Icon, title, children, actions }: Props) => (
  <section className="mx-auto flex max-w-lg flex-col items-center px-4 py-16 text-center">
    <span className="bg-sunken text-muted mb-4 grid size-12 place-items-center rounded-full border">
      <Icon aria-hidden className="size-6" />
    </span>
    <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
    <div className="text-muted mt-2 space-y-2 text-sm">{children}</div>
    {actions !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-2">{actions}</div>}
  </section>
);
