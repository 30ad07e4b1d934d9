import "server-only";

import { asTeam } from "@/lib/db/scope";

type Scope = { deviceGroups: string[]; count: number };

/** How many additions and changes of a plan hold on which device groups, most first; empty: all devices. None at Sentinel. */
export const countPlanScopes = async ({
  id,
  teamId,
}: {
  id: string;
  teamId: string;
}): Promise<readonly Scope[]> =>
  asTeam(
    teamId,
    (tx) => tx.$queryRaw<Scope[]>`
      SELECT coalesce(p.content->'deviceGroups', to_jsonb(c.device_groups)) AS "deviceGroups", count(*)::int AS count FROM plan_item p
      JOIN plan ON plan.id = p.plan_id JOIN connector c ON c.id = plan.connector_id AND c.kind = 'defender'
      WHERE p.plan_id = ${id}::uuid AND p.team_id = ${teamId}::uuid AND p.operation IN ('add', 'change')
      GROUP BY 1 ORDER BY count DESC, 1`,
  );
