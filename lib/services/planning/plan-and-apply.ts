import "server-only";

import { isUnderWay } from "@/lib/db/queries/waiting-pushes";
import { asSystem, bulkAsTeam } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { applyPlan } from "./apply-plan";
import { createPlan } from "./create-plan";
import { supersedePlans } from "./drop-plans";
import { planAfterPush } from "./plan-after-push";
import { leaveToPerson } from "@/lib/services/reconcile/leave-to-person";

export type AutomaticOutcome =
  | { status: "applied"; pushId: string }
  /** There was nothing to change. */
  | { status: "unchanged" }
  /** It is more than a person allowed without being asked. */
  | { status: "waits"; planId: string; reason: string }
  /** It is not automatic any more, or a push is open; the end of that push plans again. */
  | { status: "left"; reason: string };

/**
 * Plans and applies for a connector whose mode is automatic; for any other, a plan that a push outdated is made anew. Safe to call at
 * any time, twice, or for any connector.
 */
export const planAndApply = async (connectorId: string): Promise<AutomaticOutcome> => {
  const connector = await asSystem("delivery", (tx) =>
    tx.connector.findFirst({
      where: { id: connectorId, deletedAt: null },
      select: { teamId: true, mode: true, enabled: true },
    }),
  );
  if (!connector) return { status: "left", reason: "There is no such connector." };
  const { teamId, mode, enabled } = connector;
  if (mode !== "automatic" || !enabled) return planForPerson({ connectorId, teamId });
  if (await isAhead(connectorId, teamId)) return { status: "left", reason: "A push is under way." };
  const made = await createPlan({ connectorId, teamId, doer: SYSTEM });
  const { id, hash, counts } = made;
  if (counts.add + counts.change + counts.remove > 0) {
    const waiting = await leaveToPerson(made, teamId);
    if (waiting) {
      await dropOlderPlans(connectorId, teamId, waiting.planId);
      return { status: "waits", ...waiting };
    }
  }
  await dropOlderPlans(connectorId, teamId, id);
  if (counts.add + counts.change + counts.remove === 0) return { status: "unchanged" };
  try {
    const push = await applyPlan({ planId: id, teamId, hash, doer: SYSTEM });
    return { status: "applied", pushId: push.id };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === "conflict") return { status: "left", reason: error.message };
    // Somebody changed something in between: plan again.
    throw new AppError(error.code, error.message, { retry: "later", cause: error });
  }
};

const planForPerson = async (own: { connectorId: string; teamId: string }): Promise<AutomaticOutcome> => {
  const planId = await planAfterPush(own);
  const reason = "The connector is not automatic.";
  return planId === null ? { status: "left", reason } : { status: "waits", planId, reason };
};

/** A push, or something that a person saved and that is planned first: the end of either plans again. */
const isAhead = async (connectorId: string, teamId: string): Promise<boolean> =>
  bulkAsTeam(teamId, async (client) => {
    const { rows } = await client.query<{ isAhead: boolean }>(
      // By the database's clock, which said when it was asked for.
      `SELECT EXISTS (SELECT FROM push p WHERE p.connector_id = $1 AND p.team_id = $2 AND ${isUnderWay("p")}) OR EXISTS (
         SELECT FROM urgent_item w WHERE w.connector_id = $1 AND w.team_id = $2
           AND w.asked_at > now() - make_interval(secs => $3)) AS "isAhead"`,
      [connectorId, teamId, PATIENCE_SECONDS],
    );
    return rows[0]?.isAhead === true;
  });

/** Something that cannot be planned ahead does not keep all else from being planned for ever. */
const PATIENCE_SECONDS = 120;

/** An automatic connector plans after every run; of whole plans that nobody applied only the newest says anything. */
const dropOlderPlans = (connectorId: string, teamId: string, newestId: string): Promise<void> =>
  bulkAsTeam(teamId, (client) => supersedePlans(client, { connectorId, teamId, newestId }));
