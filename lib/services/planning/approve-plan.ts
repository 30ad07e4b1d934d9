import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { findFormerExcess } from "@/lib/domain/delivery/loosened";
import { findExcess, NOTHING_EARLIER } from "@/lib/domain/delivery/plan-limits";
import { AppError } from "@/lib/domain/errors";
import { recordAuditSql } from "@/lib/services/audit/record-audit";

import { measureNow, readAppliedAlone } from "./limits-now";
import { COUNTED_COLUMNS, type CountedRow } from "./plan-columns";
import { readPlanningConnector, type PlanningConnector } from "./planning-connector";

type Options = { planId: string; teamId: string; hash: string; now?: Date };

/**
 * A second person says that a plan may be applied: exactly the one of this hash. Throws `stale` for another hash or a plan that is
 * stale, `forbidden` for its author, and `conflict` where it was applied, is approved already or needs nobody's approval. Tells
 * whether somebody else than the approver has to apply it.
 */
export const approvePlan = async (
  actor: Actor,
  { planId, teamId, hash, now: given }: Options,
): Promise<{ takesTwo: boolean }> =>
  bulkAsTeam(teamId, async (client) => {
    const plan = await lockPlan(client, planId, teamId);
    if (plan.hash !== hash)
      throw new AppError(
        "stale",
        "This is not the hash of the plan: you reviewed another one. Review this plan.",
      );
    if (plan.state === "stale")
      throw new AppError(
        "stale",
        "This plan is stale: something changed since. Make a new plan and review it.",
      );
    if (plan.state === "applied") throw new AppError("conflict", "This plan was applied already.");
    if (plan.approvedAt !== null) throw new AppError("conflict", "This plan is approved already.");
    if (plan.createdBy === actor.userId)
      throw new AppError("forbidden", "You made this plan: somebody else has to approve it.");
    const { connectorId } = plan;
    const connector = await readPlanningConnector(client, { connectorId, teamId });
    const { excess, isOfFormer } = await findReasons(client, actor, { connector, plan });
    if (excess.length === 0) throw new AppError("conflict", "This plan needs nobody’s approval: apply it.");
    if (isOfFormer && connector.loosened?.by === actor.userId)
      throw new AppError(
        "forbidden",
        "You raised the limits: somebody else has to approve or apply this plan.",
      );
    const now = given ?? (await readClock(client));
    await client.query(
      "UPDATE plan SET approved_at = $2, approved_by = $3, approved_by_name = $4 WHERE id = $1",
      [planId, now, actor.userId, actor.name],
    );
    const { add, change, remove } = plan.counts;
    const detail = {
      ...{ connector: connector.name, connectorId, hash, add, change, remove },
      reason: excess.join(" "),
    };
    const subject = { type: "plan", id: planId };
    await recordAuditSql(
      client,
      { teamId, doer: asDoer(actor), action: "plan.approve", subject, detail },
      now,
    );
    return { takesTwo: plan.createdBy === null };
  });

type Reasons = {
  excess: readonly string[];
  /** Only by the limits that held before somebody raised them. */
  isOfFormer: boolean;
};

/**
 * What needs another's approval: in general, for somebody who applied much alone within the last hour, or for whoever raised the
 * limits, to apply it.
 */
const findReasons = async (
  client: PoolClient,
  actor: Actor,
  { connector, plan }: { connector: PlanningConnector; plan: LockedPlan },
): Promise<Reasons> => {
  const { id, approval, loosened, policy } = connector;
  const at = { id, kind: policy.kind };
  const counts = await measureNow(client, at, { plan, limits: [approval, loosened?.former] });
  const applied = await readAppliedAlone(client, at);
  const others = [...applied].filter(([by]) => by !== null && by !== actor.userId);
  for (const earlier of [NOTHING_EARLIER, ...others.map(([, one]) => one)]) {
    const excess = findExcess(approval, counts, { earlier });
    if (excess.length > 0) return { excess, isOfFormer: false };
  }
  if (loosened === null) return { excess: [], isOfFormer: false };
  const people = { applierId: loosened.by, authorId: plan.createdBy, earlier: applied.get(loosened.by) };
  return { excess: findFormerExcess(loosened, counts, people), isOfFormer: true };
};

type LockedPlan = CountedRow & {
  id: string;
  state: "draft" | "applied" | "stale";
  connectorId: string;
  hash: string;
  createdBy: string | null;
  approvedAt: Date | null;
};

const lockPlan = async (client: PoolClient, planId: string, teamId: string): Promise<LockedPlan> => {
  const { rows } = await client.query<LockedPlan>(
    `SELECT id, state, connector_id AS "connectorId", hash, created_by AS "createdBy", approved_at AS "approvedAt",
       ${COUNTED_COLUMNS}
     FROM plan WHERE id = $1 AND team_id = $2 FOR UPDATE`,
    [planId, teamId],
  );
  const [plan] = rows;
  if (!plan) throw new AppError("not_found", "There is no such plan.");
  return plan;
};
