import "server-only";

import type { Tx } from "@/lib/db/client";
import { asSystem } from "@/lib/db/scope";
import { recallCarryOut } from "@/lib/jobs/recall-carry-out.job";
import { bumpScreening } from "@/lib/services/allowlists/bump-screening";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/**
 * Standing recalls of which something stands at a destination and nobody removes it: it was being sent when the recall came, its
 * removal was refused or stopped, or its connector was switched off. Each is tried again every five minutes.
 */
const findLeft = (tx: Tx): Promise<{ id: string }[]> =>
  tx.$queryRaw<{ id: string }[]>`
    SELECT r.id FROM recall r
    WHERE r.lifted_at IS NULL AND NOT r.lapsed AND r.carried_out_at IS NOT NULL AND EXISTS (
      SELECT FROM recall_item m
      JOIN claim c ON c.team_id = m.team_id AND c.indicator_id = m.indicator_id
      JOIN connector k ON k.id = c.connector_id AND k.enabled AND k.deleted_at IS NULL
      WHERE m.recall_id = r.id
        AND NOT EXISTS (SELECT FROM push u WHERE u.connector_id = k.id AND u.urgent
          AND (u.state IN ('queued', 'running') OR u.queued_at > now() - interval '5 minutes')))`;

/** Announces recalls that nobody carried out, whatever became of their job, and follows those whose end has come. */
export const announceRecalls = async (now: Date): Promise<void> => {
  await asSystem("scheduling", async (tx) => {
    const ended = await tx.recall.updateManyAndReturn({
      where: { until: { lte: now }, lapsed: false, liftedAt: null },
      data: { lapsed: true },
      select: { teamId: true },
    });
    for (const teamId of new Set(ended.map((recall) => recall.teamId))) await bumpScreening(tx, teamId);
    const waiting = await tx.recall.findMany({
      where: { carriedOutAt: null, liftedAt: null, lapsed: false },
      select: { id: true },
    });
    const left = await findLeft(tx);
    for (const { id } of [...waiting, ...left]) await announce(tx, recallCarryOut, { recallId: id });
  });
  await relayOutbox();
};
