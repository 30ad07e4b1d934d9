import "server-only";

import { asSystem } from "@/lib/db/scope";

/** A plan that nobody applied by then says nothing of today. */
const KEEP_DAYS = 30;
/** The most plans, and about the most items, that one turn deletes. */
const MAX_PLANS = 50;
const MAX_ITEMS = 100_000;

/**
 * Deletes plans, items included, that were never applied and waited for a person longer than 30 days, oldest first. What an
 * automatic connector plans by itself goes with its next plan. Gives how many plans went.
 */
export const purgePlans = async ({ maxItems = MAX_ITEMS } = {}): Promise<number> =>
  asSystem(
    "scheduling",
    (tx) => tx.$executeRaw`
      WITH waiting AS (
        SELECT p.id, p.created_at, p.add + p.change + p.remove + p.blocked AS items
        FROM plan p JOIN connector c ON c.id = p.connector_id
        WHERE p.state <> 'applied' AND p.created_at < now() - make_interval(days => ${KEEP_DAYS})
          AND (c.mode = 'review' OR p.created_by IS NOT NULL OR p.partial OR p.superseded_at IS NOT NULL)
        ORDER BY p.created_at, p.id LIMIT ${MAX_PLANS}
        FOR UPDATE OF p SKIP LOCKED
      ), chosen AS (
        SELECT id FROM (
          SELECT id, sum(items) OVER (ORDER BY created_at, id) - items AS earlier FROM waiting
        ) counted WHERE earlier < ${maxItems}
      ), items AS (
        DELETE FROM plan_item i USING chosen WHERE i.plan_id = chosen.id
      )
      DELETE FROM plan p USING chosen WHERE p.id = chosen.id`,
  );
