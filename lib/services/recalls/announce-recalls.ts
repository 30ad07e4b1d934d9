import "server-only";

import type { Tx } from "@/lib/db/client";
import { readClockOf } from "@/lib/db/clock";
import { Prisma } from "@/lib/db/generated/client";
import { isRemovalLeftOut } from "@/lib/db/queries/left-out";
import { asSystem } from "@/lib/db/scope";
import { recallCarryOut } from "@/lib/jobs/recall-carry-out.job";
import { bumpScreening } from "@/lib/services/allowlists/bump-screening";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/**
 * Standing recalls of which something stands at a destination, or may, and nobody removes it: it was sent beside the recall, or its
 * removal was refused. What was tried is tried again after five minutes, what came to stand
 * since at once; what a person stopped, or left out of the push that was to remove it, waits for a person.
 */
const findLeft = (tx: Tx): Promise<{ id: string }[]> =>
  tx.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT r.id FROM recall r JOIN recall_item m ON m.recall_id = r.id
    JOIN connector k ON k.team_id = m.team_id AND k.deleted_at IS NULL
    CROSS JOIN LATERAL (
      SELECT created_at AS since FROM claim c
      WHERE c.connector_id = k.id AND c.team_id = m.team_id AND c.indicator_id = m.indicator_id
      UNION ALL
      SELECT sent_at FROM push p JOIN push_item i ON i.push_id = p.id AND i.indicator_id = m.indicator_id
      WHERE p.connector_id = k.id AND NOT (p.urgent AND i.operation = 'remove') AND p.state IN ('queued', 'running', 'stopped') AND i.state = 'sending'
    ) there
    WHERE r.lifted_at IS NULL AND NOT r.lapsed AND r.carried_out_at IS NOT NULL
      AND NOT EXISTS (
        SELECT FROM receipt w WHERE w.connector_id = k.id AND w.indicator_id = m.indicator_id AND ${LEFT_OUT})
      AND NOT EXISTS (
        SELECT FROM push u JOIN push_item i ON i.push_id = u.id AND i.indicator_id = m.indicator_id
        WHERE u.connector_id = k.id AND u.urgent AND i.operation = 'remove' AND (
          u.state IN ('queued', 'running')
          OR (u.queued_at > now() - interval '5 minutes' AND there.since < coalesce(i.finished_at, now()))
          OR (u.state = 'stopped' AND i.state IN ('pending', 'sending') AND EXISTS (
            SELECT FROM audit_entry a WHERE a.subject_id = u.id::text AND a.action = 'push.stop' AND a.actor_id IS NOT NULL))))`;

const LEFT_OUT = Prisma.raw(isRemovalLeftOut("w"));

/** Announces recalls that nobody carried out, whatever became of their job, and follows those whose end has come by the database's clock. */
export const announceRecalls = async (): Promise<void> => {
  await asSystem("scheduling", async (tx) => {
    const now = await readClockOf(tx);
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
