import "server-only";

import { asSystem } from "@/lib/db/scope";
import { prevalenceAsk } from "@/lib/jobs/prevalence-ask.job";
import { announce } from "@/lib/services/outbox/announce";

/** Few enough to leave the queue to pushes. */
const AT_ONCE = 20;
/** What could not be asked is tried again so much later: the hour's rate, a permission that was granted since. */
const AGAIN_MINUTES = 10;

/** Has Defender asked for what plans of a connector still want to know. Call about once a minute. */
export const announcePrevalence = async (): Promise<number> =>
  asSystem("scheduling", async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT c.id FROM connector c
      WHERE c.kind = 'defender' AND c.enabled AND c.deleted_at IS NULL
        AND (c.statistics IS NULL OR (c.statistics->>'at')::timestamptz < now() - make_interval(mins => ${AGAIN_MINUTES}))
        AND EXISTS (SELECT FROM prevalence p WHERE p.connector_id = c.id
          AND (p.asked_at IS NULL OR p.asked_at < p.wanted_at) AND p.wanted_at < now() - interval '1 minute')
      ORDER BY c.statistics->>'at' NULLS FIRST, c.id LIMIT ${AT_ONCE}`;
    for (const { id } of rows) await announce(tx, prevalenceAsk, { connectorId: id });
    return rows.length;
  });
