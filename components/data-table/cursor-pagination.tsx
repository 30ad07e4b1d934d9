import { ChevronLeft, ChevronRight, ChevronsLeft } from "lucide-react";
import type { ReactNode } from "react";

import { buttonClass } from "@/components/ui/button-class";
import { LinkButton } from "@/components/ui/link-button";

type Props = {
  /** What is on this page and of how many: "50 of about 2.1M indicators". */
  summary: ReactNode;
  /** Absent: this is the first page. */
  firstHref?: string | undefined;
  previousHref?: string | undefined;
  nextHref?: string | undefined;
};

/** Pages by cursor: no page numbers, since nobody counts millions of rows for one. */
export const CursorPagination = ({ summary, firstHref, previousHref, nextHref }: Props) => (
  <nav aria-label="Pages" className="mt-3 flex flex-wrap items-center justify-between gap-3">
    <p className="text-muted text-xs tabular-nums">{summary}</p>
    <div className="flex gap-2">
      {firstHref !== undefined && (
        <LinkButton href={firstHref} size="sm">
          <ChevronsLeft aria-hidden />
          First
        </LinkButton>
      )}
      <PageLink href={previousHref}>
        <ChevronLeft aria-hidden />
        Previous
      </PageLink>
      <PageLink href={nextHref}>
        Next
        <ChevronRight aria-hidden />
      </PageLink>
    </div>
  </nav>
);

const PageLink = ({ href, children }: { href: string | undefined; children: ReactNode }) =>
  href === undefined ? (
    <span aria-disabled className={buttonClass({ size: "sm" })}>
      {children}
    </span>
  ) : (
    <LinkButton href={href} size="sm">
      {children}
    </LinkButton>
  );
