import "server-only";

import { asTeam } from "@/lib/db/scope";
import type { Action } from "@/lib/domain/connector/actions";

/** How many additions and changes of a plan are to stand with which action, the most frequent first; none at Sentinel. */
export const countPlanActions = async ({
  id,
  teamId,
}: {
  id: string;
  teamId: string;
}): Promise<readonly { action: Action; count: number }[]> =>
  asTeam(
    teamId,
    (tx) => tx.$queryRaw<{ action: Action; count: number }[]>`
      SELECT p.action, count(*)::int AS count FROM plan_item p
      JOIN plan ON plan.id = p.plan_id JOIN connector c ON c.id = plan.connector_id AND c.kind = 'defender'
      WHERE p.plan_id = ${id}::uuid AND p.team_id = ${teamId}::uuid AND p.operation IN ('add', 'change') AND p.action IS NOT NULL
      GROUP BY p.action ORDER BY count DESC, p.action`,
  );
