import "server-only";

import { asTeam } from "@/lib/db/scope";
import { recallMark } from "@/lib/domain/screening/mark";

/** What of a recall comes back in one team when it is lifted. */
export type RecallLiftReach = {
  /** Values that some feed still vouches for and only this keeps in: active again, unless a list is on them. */
  returning: number;
  /** Where of these something stood or was on its way; what the connectors make of it is for their plans. */
  at: {
    connectorId: string;
    connector: string;
    mode: "review" | "automatic";
    enabled: boolean;
    count: number;
  }[];
};

/** Says what lifting a recall brings back in a team, and where it stood. Nothing is changed. */
export const checkRecallLift = (teamId: string, recallId: string): Promise<RecallLiftReach> =>
  asTeam(teamId, async (tx) => {
    const mark = recallMark(recallId);
    const returning = await tx.teamIndicator.count({ where: { teamId, active: true, screenedBy: mark } });
    const at = await tx.$queryRaw<RecallLiftReach["at"]>`
      SELECT c.id AS "connectorId", c.name AS connector, c.mode::text, c.enabled, count(*)::int AS count
      FROM recall_item m
      JOIN team_indicator t ON t.team_id = m.team_id AND t.indicator_id = m.indicator_id AND t.active AND t.screened_by = ${mark}
      JOIN receipt r ON r.team_id = m.team_id AND r.indicator_id = m.indicator_id
        AND (r.sent_at IS NOT NULL OR r.accepted_at IS NOT NULL)
      JOIN connector c ON c.id = r.connector_id AND c.deleted_at IS NULL
      WHERE m.recall_id = ${recallId}::uuid AND m.team_id = ${teamId}::uuid
      GROUP BY c.id ORDER BY c.name, c.id`;
    return { returning, at };
  });
