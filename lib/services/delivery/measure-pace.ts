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
  const rows = await tx.$queryRaw<unknown[]>`
    WITH asked AS (SELECT date_bin('5 seconds', clock_timestamp(), timestamptz 'epoch') AS at)
    SELECT count(*)::int AS answered,
      coalesce(extract(epoch FROM min(asked.at) - greatest(min(i.sent_at), min(asked.at) - interval '2 minutes')), 0)::float8 AS seconds
    FROM asked JOIN push_item i ON i.finished_at > asked.at - interval '2 minutes' AND i.finished_at <= asked.at
    WHERE i.push_id = ${id}::uuid AND i.team_id = ${teamId}::uuid AND i.sent_at IS NOT NULL`;
  const [measured] = z.array(measuredSchema).parse(rows);
  const { planned, accepted, removed, failed, skipped } = counts;
  return measured ? paceNow({ ...measured, left: planned - accepted - removed - failed - skipped }) : null;
};

const measuredSchema = z.object({ answered: z.number(), seconds: z.number() });
