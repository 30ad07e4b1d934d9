import { ChevronRight } from "lucide-react";

import { Link } from "./link";

export type Crumb = { label: string; href?: string };

/** Where this page sits. The last crumb is the page itself and no link. */
export const Breadcrumb = ({ crumbs }: { crumbs: readonly Crumb[] }) => (
  <nav aria-label="Breadcrumb">
    <ol className="text-muted flex flex-wrap items-center gap-x-1 text-sm">
      {crumbs.map((crumb, index) => {
        const isLast = index === crumbs.length - 1;
        return (
          <li key={`${String(index)} ${crumb.label}`} className="flex min-w-0 items-center gap-1">
            {index > 0 && <ChevronRight aria-hidden className="text-faint size-3.5 shrink-0" />}
            {isLast || crumb.href === undefined ? (
              <span aria-current={isLast ? "page" : undefined} className="max-w-64 truncate py-0.5">
                {crumb.label}
              </span>
            ) : (
              <Link
                href={crumb.href}
                className="hover:text-ink max-w-64 truncate rounded-sm py-0.5 hover:underline"
              >
                {crumb.label}
              </Link>
            )}
          </li>
        );
      })}
    </ol>
  </nav>
);
