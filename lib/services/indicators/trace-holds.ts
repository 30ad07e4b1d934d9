import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { isHeldBy } from "@/lib/db/queries/withheld";

/** What a person holds back that this value is part of. */
export type TracedHold = {
  team: string;
  id: string;
  subject: string;
  reason: string;
  by: string;
  at: Date;
  /** No source of the team is left that may still be sent. */
  isAll: boolean;
};

/** Which standing holds of the teams are on a value, oldest first. */
export const readHolds = (
  tx: Tx,
  { indicatorId, teamIds }: { indicatorId: bigint; teamIds: readonly string[] },
): Promise<TracedHold[]> =>
  tx.$queryRaw<TracedHold[]>`
    SELECT h.id, team.slug AS team, h.subject, h.reason, h.created_by_name AS by, h.created_at AS at, NOT EXISTS (
      SELECT FROM attribution a WHERE a.indicator_id = ${indicatorId} AND a.team_id = h.team_id AND a.until_generation IS NULL
        AND NOT EXISTS (
          SELECT FROM withheld o WHERE o.team_id = h.team_id AND o.lifted_at IS NULL AND ${Prisma.raw(isHeldBy("a", "o"))})
    ) AS "isAll"
    FROM withheld h JOIN team ON team.id = h.team_id
    WHERE h.team_id = ANY (${[...teamIds]}::uuid[]) AND h.lifted_at IS NULL AND EXISTS (
      SELECT FROM attribution a WHERE a.indicator_id = ${indicatorId} AND a.team_id = h.team_id AND a.until_generation IS NULL
        AND ${Prisma.raw(isHeldBy("a", "h"))})
    ORDER BY h.created_at, h.id`;
