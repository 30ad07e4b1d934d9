import "server-only";

import type { Tx } from "@/lib/db/client";

/**
 * Has the plans of holds that were lifted take nothing back any more: they could only be refused. Whoever has the page of one open
 * is told. One that is being applied just now is left alone.
 */
export const voidTakingBack = async (
  tx: Tx,
  { holdIds, teamIds }: { holdIds: readonly string[]; teamIds: readonly string[] },
): Promise<void> => {
  await tx.$executeRaw`
    WITH waiting AS MATERIALIZED (
      SELECT id FROM plan
      WHERE withheld_id = ANY (${[...holdIds]}::uuid[]) AND team_id = ANY (${[...teamIds]}::uuid[])
        AND state <> 'applied' AND superseded_at IS NULL FOR UPDATE SKIP LOCKED
    ), items AS (DELETE FROM plan_item i USING waiting WHERE i.plan_id = waiting.id)
    UPDATE plan SET state = 'stale', superseded_at = now() FROM waiting WHERE plan.id = waiting.id`;
};
