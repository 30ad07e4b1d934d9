import "server-only";

import type { Tx } from "@/lib/db/client";
import type { Actor } from "@/lib/domain/access/actor";
import { inheritLimits, loosenedSchema, type Loosened } from "@/lib/domain/delivery/loosened";
import { storedPlanLimitsSchema, type PlanLimits } from "@/lib/domain/delivery/plan-limits";

type Led = {
  id: string;
  teamId: string;
  destinationId: string;
  approval: PlanLimits | null;
  now: Date;
};

/**
 * Which limits of the team's connectors to a destination go on to hold for whoever leads one more there; null where it has none, or none
 * that are stricter. Where none is left, those of the one that was deleted last.
 */
export const findLimitsThere = async (
  tx: Tx,
  { userId, name }: Actor,
  { id, teamId, destinationId, approval, now }: Led,
): Promise<Loosened | null> => {
  const there = await tx.connector.findMany({
    where: { teamId, destinationId, id: { not: id } },
    orderBy: [{ deletedAt: { sort: "desc", nulls: "first" } }, { id: "asc" }],
    select: { approval: true, approvalLoosened: true, deletedAt: true },
  });
  const standing = there.filter(({ deletedAt }) => deletedAt === null);
  const others = (standing.length > 0 ? standing : there.slice(0, 1)).map((one) => ({
    approval: storedPlanLimitsSchema.parse(one.approval),
    loosened: loosenedSchema.nullable().parse(one.approvalLoosened),
  }));
  return inheritLimits({ others, approval, by: { userId, name }, now });
};
