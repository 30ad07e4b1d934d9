import { z } from "zod";

import { PushItemTable } from "@/components/connectors/push-item-table";
import { CursorPagination } from "@/components/data-table/cursor-pagination";
import { Card, CardHeader } from "@/components/ui/card";
import { formatNumber } from "@/components/ui/format-number";
import { LinkTabs } from "@/components/ui/link-tabs";
import { OUTCOME_WORDS } from "@/lib/domain/delivery/outcome-words";
import { PUSH_ITEM_FILTERS } from "@/lib/domain/delivery/push-items";
import { listPushItems, type SeenSince } from "@/lib/services/delivery/list-push-items";
import type { PushView } from "@/lib/services/delivery/push-view";

/** What the address of a push's page asks of its receipts. */
export const askedSchema = z.object({
  state: z.enum(PUSH_ITEM_FILTERS).optional().catch(undefined),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .catch(undefined),
});

type Props = {
  /** Address of the team, and of the push's page. */
  base: string;
  path: string;
  push: PushView;
  seen: SeenSince;
  asked: z.infer<typeof askedSchema>;
};

const PAGE_SIZE = 50;

/** What became of each item of a push, all of them in pages, by outcome. */
export const ReceiptsSection = async ({ base, path, push, seen, asked: { state, cursor } }: Props) => {
  if (push.counts.planned === 0) return null;
  const { items, next } = await listPushItems(push, { state, limit: PAGE_SIZE, after: cursor ?? null });
  const { planned, accepted, removed, failed, skipped } = push.counts;
  const open = Math.max(0, planned - accepted - removed - failed - skipped);
  const counts = { accepted, removed, failed, skipped, open, ...seen };
  const of = state === undefined ? planned : counts[state];
  const here = state === undefined ? path : `${path}?state=${state}`;
  return (
    <Card>
      <CardHeader title="Receipts" description="What became of each indicator of this push." />
      <div className="px-4 pt-2">
        <LinkTabs
          label="Outcome"
          tabs={[
            { href: path, label: "All", count: planned, isCurrent: state === undefined },
            ...PUSH_ITEM_FILTERS.filter((name) => counts[name] > 0 || name === state).map((name) => ({
              href: `${path}?state=${name}`,
              label: OUTCOME_WORDS[name],
              count: counts[name],
              isCurrent: name === state,
            })),
          ]}
        />
      </div>
      <PushItemTable base={base} items={items} />
      <div className="px-4 pb-3">
        <CursorPagination
          summary={`${formatNumber(items.length)} of ${formatNumber(of)} on this page`}
          firstHref={cursor === undefined ? undefined : here}
          nextHref={next === null ? undefined : `${here}${state === undefined ? "?" : "&"}cursor=${next}`}
        />
      </div>
    </Card>
  );
};
