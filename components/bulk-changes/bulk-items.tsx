import { DataTable } from "@/components/data-table/data-table";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { IndicatorValue } from "@/components/indicators/indicator-value";
import { Link } from "@/components/ui/link";
import { formatCount, formatNumber } from "@/components/ui/format-number";
import { TextLink } from "@/components/ui/text-link";
import type { BulkOutcome } from "@/lib/domain/indicator/bulk-change";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { OUTCOME_WORDS } from "./bulk-words";

type Item = { id: string; type: IndicatorType; value: string; defanged: string; outcome: BulkOutcome | null };
type Props = {
  team: string;
  /** The page's own address. */
  base: string;
  /** Shown are those of this outcome alone. */
  outcome: BulkOutcome | null;
  counts: readonly (readonly [BulkOutcome, number])[];
  items: readonly Item[];
  nextAfter: string | null;
  isFirst: boolean;
};

/** What became of each chosen indicator, and why, by outcome. */
export const BulkItems = ({ team, base, outcome, counts, items, nextAfter, isFirst }: Props) => {
  const narrowed = outcome === null ? base : `${base}?outcome=${outcome}`;
  return (
    <div className="space-y-3">
      {counts.length > 0 && (
        <ul aria-label="Outcomes" className="flex flex-wrap gap-2">
          <OutcomeLink href={base} isCurrent={outcome === null}>
            All
          </OutcomeLink>
          {counts.map(([one, count]) => (
            <OutcomeLink key={one} href={`${base}?outcome=${one}`} isCurrent={outcome === one}>
              {OUTCOME_WORDS[one].word} · {formatNumber(count)}
            </OutcomeLink>
          ))}
        </ul>
      )}
      {outcome !== null && <p className="text-muted text-sm">{OUTCOME_WORDS[outcome].why}</p>}
      <DataTable
        caption="Chosen indicators"
        rows={items}
        rowKey={({ id }) => id}
        empty={<p className="text-muted text-sm">None.</p>}
        columns={[
          {
            id: "value",
            header: "Value",
            isRowHeader: true,
            cell: ({ type, value, defanged }) => (
              <IndicatorValue type={type} defanged={defanged} live={value} />
            ),
          },
          {
            id: "outcome",
            header: "Outcome",
            cell: ({ outcome: one }) =>
              one === null ? (
                <span className="text-muted">waits</span>
              ) : (
                <span title={OUTCOME_WORDS[one].why}>{OUTCOME_WORDS[one].word}</span>
              ),
          },
          {
            id: "trace",
            header: <span className="sr-only">Trace</span>,
            cell: ({ id, defanged }) => (
              <TextLink href={`/t/${team}/indicators/${id}`} aria-label={`Trace ${defanged}`}>
                Trace
              </TextLink>
            ),
          },
        ]}
      />
      {items.length > 0 && (
        <CursorPagination
          summary={`${formatCount(items.length, "indicator")} on this page`}
          firstHref={isFirst ? undefined : narrowed}
          nextHref={
            nextAfter === null ? undefined : `${narrowed}${outcome === null ? "?" : "&"}after=${nextAfter}`
          }
        />
      )}
    </div>
  );
};

type OutcomeLinkProps = { href: string; isCurrent: boolean; children: React.ReactNode };

const OutcomeLink = ({ href, isCurrent, children }: OutcomeLinkProps) => (
  <li>
    <Link
      href={href}
      aria-current={isCurrent ? "true" : undefined}
      className="aria-current:border-accent-line aria-current:bg-accent-tint hover:bg-hover inline-flex min-h-7 items-center rounded-full border px-2.5 text-xs"
    >
      {children}
    </Link>
  </li>
);
