import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { LEAST_SECONDS, paceNow, type Pace } from "@/lib/domain/delivery/push-pace";

import type { PushView } from "./push-view";

type Push = Pick<PushView, "id" | "teamId" | "state" | "startedAt" | "waitingSince" | "counts">;

/**
 * How fast a push goes and how long it still takes at that, by what was answered within the last two minutes; what it waited before the
 * first of that does not count. Told anew every five seconds, whoever asks; null while it does not go, or has only begun.
 */
export const measurePace = async (tx: Tx, push: Push): Promise<Pace | null> => {
  const { id, teamId, state, startedAt, waitingSince, counts } = push;
  if (state !== "running" || waitingSince !== null || startedAt === null) return null;
  if (Date.now() - startedAt.getTime() < LEAST_SECONDS * 1_000) return null;
  const measured = await countOnce(id, () => countAnswered(tx, { id, teamId }));
  const { planned, accepted, removed, failed, skipped } = counts;
  return measured ? paceNow({ ...measured, left: planned - accepted - removed - failed - skipped }) : null;
};

/** All that a push has is gone through, and whoever watches one asks more than once a second: this process asks once for all of them. */
const countOnce = async (pushId: string, count: () => Promise<Measured | null>): Promise<Measured | null> => {
  const turn = Math.floor(Date.now() / EVERY_MS);
  const known = counted.get(pushId);
  if (known?.turn === turn) return known.measured;
  const measured = await count();
  for (const [id, one] of counted) if (one.turn < turn) counted.delete(id);
  counted.set(pushId, { turn, measured });
  return measured;
};

const EVERY_MS = 5_000;
const counted = new Map<string, { turn: number; measured: Measured | null }>();

const countAnswered = async (
  tx: Tx,
  { id, teamId }: Pick<Push, "id" | "teamId">,
): Promise<Measured | null> => {
  const rows = await tx.$queryRaw<unknown[]>`
    WITH asked AS (SELECT date_bin(make_interval(secs => ${EVERY_MS / 1_000}), clock_timestamp(), timestamptz 'epoch') AS at)
    SELECT count(*)::int AS answered,
      -- What was sent before that and is answered only now, as after an outage, does not say since when it goes.
      coalesce(extract(epoch FROM min(asked.at) - min(i.sent_at) FILTER (WHERE i.sent_at > asked.at - interval '2 minutes')), 0)::float8 AS seconds
    FROM asked JOIN push_item i ON i.finished_at > asked.at - interval '2 minutes' AND i.finished_at <= asked.at
    WHERE i.push_id = ${id}::uuid AND i.team_id = ${teamId}::uuid AND i.sent_at IS NOT NULL`;
  return z.array(measuredSchema).parse(rows)[0] ?? null;
};

type Measured = z.output<typeof measuredSchema>;
const measuredSchema = z.object({ answered: z.number(), seconds: z.number() });
