import "server-only";

import { asSystem } from "@/lib/db/scope";
import { judgeFit, type PlanFit } from "@/lib/domain/delivery/plan-fit";
import { recordScope } from "@/lib/domain/selection/policy";

import { getCapacity } from "@/lib/services/delivery/get-capacity";
import type { PlanView } from "./plan-view";

/** Whether what a plan adds fits into its destination; null for a plan that is not to be applied any more, or where there is no limit. */
export const getPlanFit = async ({
  id,
  connectorId,
  teamId,
  state,
  counts,
}: PlanView): Promise<PlanFit | null> => {
  if (state !== "draft") return null;
  // What other teams have there decides which additions take a place; of it only sums leave, and only to those who may see all.
  const records = await asSystem("delivery", async (tx) => {
    const connector = await tx.connector.findFirst({
      where: { id: connectorId, teamId, kind: "defender", deletedAt: null },
      select: { destinationId: true, deviceGroups: true },
    });
    if (!connector) return null;
    const { destinationId, deviceGroups } = connector;
    const rows = await tx.$queryRaw<{ made: number; ended: number }[]>`
      SELECT count(*) FILTER (WHERE p.operation = 'add' AND r.id IS NULL)::int AS made,
        count(*) FILTER (WHERE p.operation = 'remove' AND r.id IS NOT NULL AND NOT EXISTS (
          SELECT FROM claim other WHERE other.record_id = r.id AND other.connector_id <> ${connectorId}::uuid))::int AS ended
      FROM plan_item p
      LEFT JOIN remote_record r ON r.destination_id = ${destinationId}::uuid AND r.indicator_id = p.indicator_id
        AND r.state IN ('live', 'orphaned') AND CASE
          WHEN p.operation = 'remove' THEN EXISTS (
            SELECT FROM claim own WHERE own.record_id = r.id AND own.connector_id = ${connectorId}::uuid)
          -- A rule may name other device groups than the connector: that is another record.
          WHEN p.content ? 'deviceGroups' THEN r.scope <> '' AND r.scope::jsonb = p.content->'deviceGroups'
          ELSE r.scope = ${recordScope(deviceGroups)} END
      WHERE p.plan_id = ${id}::uuid AND p.team_id = ${teamId}::uuid AND p.operation IN ('add', 'remove')`;
    return rows[0] ?? { made: 0, ended: 0 };
  });
  const capacity = records && (await getCapacity({ id: connectorId, teamId }));
  return capacity && judgeFit({ capacity, counts, records });
};
