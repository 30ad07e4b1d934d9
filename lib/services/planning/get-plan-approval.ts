import "server-only";

import type { PoolClient } from "pg";
import { z } from "zod";

import { bulkAsTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { CONNECTOR_KINDS } from "@/lib/domain/connector/kinds";
import { findFormerExcess, loosenedSchema } from "@/lib/domain/delivery/loosened";
import { findExcess, storedPlanLimitsSchema } from "@/lib/domain/delivery/plan-limits";

import { measureNow, readAppliedAlone } from "./limits-now";
import type { CountedRow } from "./plan-columns";
import type { PlanView } from "./plan-view";

/** Whether a plan needs a second person, why, and what the actor may do about it. */
export type PlanApproval = {
  /** Nothing: no second person is needed. */
  reasons: string[];
  /** They are the actor's alone: anybody else may apply it as it is. */
  othersMayApply: boolean;
  approvedAt: Date | null;
  approvedBy: string | null;
  /** It waits for somebody, and that may be the actor. */
  canApprove: boolean;
  /** No person made it, so whoever approves it may not apply it as well. */
  takesTwo: boolean;
  /** Nothing about approving keeps the actor from applying it now. */
  canApply: boolean;
};

/** What a plan needs before the actor may apply it: by the connector's limits as they are now, and with what they applied alone lately. */
export const getPlanApproval = async (actor: Actor, plan: PlanView): Promise<PlanApproval> => {
  const { approvedAt, approvedBy, approvedById, createdBy, state } = plan;
  const { reasons, isOfActor } =
    state === "draft"
      ? await bulkAsTeam(plan.teamId, (client) => findReasons(client, actor, plan))
      : NO_REASONS;
  const isWaiting = reasons.length > 0 && approvedAt === null;
  const othersMayApply = reasons.length > 0 && isOfActor;
  const takesTwo = reasons.length > 0 && createdBy === null;
  return {
    ...{ reasons, othersMayApply, approvedAt, approvedBy, takesTwo },
    canApprove: isWaiting && !othersMayApply && createdBy !== actor.userId,
    canApply: state === "draft" && !isWaiting && !(takesTwo && approvedById === actor.userId),
  };
};

/** `isOfActor`: nobody else needs another person for it. */
type Reasons = { reasons: string[]; isOfActor: boolean };
const NO_REASONS: Reasons = { reasons: [], isOfActor: false };

type Judged = CountedRow & Pick<PlanView, "id" | "connectorId" | "teamId" | "createdBy">;

/** What of a plan is more than the actor may apply before somebody else approves it. */
export const findApprovalReasons = async (actor: Pick<Actor, "userId">, plan: Judged): Promise<string[]> =>
  (await bulkAsTeam(plan.teamId, (client) => findReasons(client, actor, plan))).reasons;

const findReasons = async (
  client: PoolClient,
  { userId }: Pick<Actor, "userId">,
  plan: Judged,
): Promise<Reasons> => {
  const { rows } = await client.query(
    "SELECT id, kind, approval, approval_loosened AS loosened FROM connector WHERE id = $1 AND team_id = $2",
    [plan.connectorId, plan.teamId],
  );
  const connector = limitedSchema.optional().parse(rows[0]);
  if (!connector) return NO_REASONS;
  const { approval, loosened } = connector;
  if (approval === null && loosened === null) return NO_REASONS;
  const counts = await measureNow(client, connector, { plan, limits: [approval, loosened?.former] });
  const earlier = (await readAppliedAlone(client, connector)).get(userId);
  const people = { applierId: userId, authorId: plan.createdBy, earlier };
  return {
    reasons: [...findExcess(approval, counts, { earlier }), ...findFormerExcess(loosened, counts, people)],
    isOfActor: findExcess(approval, counts).length === 0,
  };
};

const limitedSchema = z.object({
  id: z.uuid(),
  kind: z.enum(CONNECTOR_KINDS),
  approval: storedPlanLimitsSchema,
  loosened: loosenedSchema.nullable(),
});
