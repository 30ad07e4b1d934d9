import "server-only";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { findFormerExcess, loosenedSchema } from "@/lib/domain/delivery/loosened";
import { findExcess, storedPlanLimitsSchema, toLimitedCounts } from "@/lib/domain/delivery/plan-limits";

import type { CountedRow } from "./plan-columns";
import type { PlanView } from "./plan-view";

/** Whether a plan needs a second person, why, and what the actor may do about it. */
export type PlanApproval = {
  /** Nothing: no second person is needed. */
  reasons: string[];
  approvedAt: Date | null;
  approvedBy: string | null;
  /** It waits for somebody, and that may be the actor. */
  canApprove: boolean;
  /** No person made it, so whoever approves it may not apply it as well. */
  takesTwo: boolean;
  /** Nothing about approving keeps the actor from applying it now. */
  canApply: boolean;
};

/** What a plan needs before it may be applied, by the connector's limits as they are now. */
export const getPlanApproval = async (actor: Actor, plan: PlanView): Promise<PlanApproval> => {
  const { connectorId, teamId, approvedAt, approvedBy, approvedById, createdBy, state } = plan;
  const connector = await asTeam(teamId, (tx) =>
    tx.connector.findFirst({
      where: { id: connectorId, teamId },
      select: { approval: true, approvalLoosened: true, kind: true },
    }),
  );
  const reasons = connector && state === "draft" ? findApprovalReasons(actor, plan, connector) : [];
  const isWaiting = reasons.length > 0 && approvedAt === null;
  const takesTwo = reasons.length > 0 && createdBy === null;
  return {
    ...{ reasons, approvedAt, approvedBy, takesTwo },
    canApprove: isWaiting && createdBy !== actor.userId,
    canApply: state === "draft" && !isWaiting && !(takesTwo && approvedById === actor.userId),
  };
};

type Limited = { approval: unknown; approvalLoosened: unknown; kind: ConnectorKind };

/** What of a plan is more than the actor may apply before somebody else approves it. */
export const findApprovalReasons = (
  { userId }: Pick<Actor, "userId">,
  plan: CountedRow & Pick<PlanView, "createdBy">,
  { approval, approvalLoosened, kind }: Limited,
): string[] => {
  const counts = toLimitedCounts(kind, plan);
  const excess = findExcess(storedPlanLimitsSchema.parse(approval), counts);
  const loosened = loosenedSchema.nullable().parse(approvalLoosened);
  return [...excess, ...findFormerExcess(loosened, counts, { applierId: userId, authorId: plan.createdBy })];
};
