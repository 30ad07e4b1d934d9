import "server-only";

import { asSystem } from "@/lib/db/scope";
import { pushConfirm } from "@/lib/jobs/push-confirm.job";
import { announce } from "@/lib/services/outbox/announce";

/** Destinations show some changes only after minutes; what is still unseen after this time is drift, which reconciling finds. */
export const PATIENCE_HOURS = 1;

/**
 * Has destinations read again where a push of the last hour left something accepted or withdrawn that was not seen so yet. Call
 * about once a minute.
 */
export const announceUnconfirmed = async (): Promise<number> =>
  asSystem("scheduling", async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      SELECT DISTINCT c.id FROM push p JOIN connector c ON c.id = p.connector_id
      WHERE p.state IN ('done', 'stopped') AND p.finished_at > now() - make_interval(hours => ${PATIENCE_HOURS})
        AND c.deleted_at IS NULL AND (c.kind = 'defender' OR c.workspace_name IS NOT NULL)
        AND EXISTS (SELECT FROM receipt r WHERE r.connector_id = c.id AND r.state IN ('accepted', 'withdrawing') AND r.drift IS NULL)`;
    for (const { id } of rows) await announce(tx, pushConfirm, { connectorId: id });
    return rows.length;
  });
