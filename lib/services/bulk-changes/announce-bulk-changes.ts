import "server-only";

import { asSystem } from "@/lib/db/scope";
import { bulkChangeCarryOut } from "@/lib/jobs/bulk-change.job";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/** What did not move for so long has no worker any more, or its job was lost. */
const FORGOTTEN_SECONDS = 30;

/** Announces changes of many indicators that stand still: their worker died, or the queue lost their job. */
export const announceBulkChanges = async (): Promise<void> => {
  const forgotten = await asSystem("scheduling", async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      UPDATE bulk_change SET touched_at = now() WHERE id IN (
        SELECT id FROM bulk_change
        WHERE state IN ('queued', 'running') AND touched_at < now() - make_interval(secs => ${FORGOTTEN_SECONDS})
        ORDER BY touched_at LIMIT 100 FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    for (const { id } of rows) await announce(tx, bulkChangeCarryOut, { changeId: id });
    return rows.length;
  });
  if (forgotten > 0) await relayOutbox();
};
