import "server-only";

import type { PoolClient } from "pg";

import { withItsNetworks } from "@/lib/db/queries/network-addresses";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { isHeldBy } from "@/lib/db/queries/withheld";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { dropPlans } from "@/lib/services/planning/drop-plans";
import { forgetRefusals } from "@/lib/services/planning/refused-hash";
import { isWithinLimits } from "@/lib/services/reconcile/leave-to-person";
import { readPlanningConnector } from "@/lib/services/planning/planning-connector";

type Hold = { id: string; teamId: string };

/** A connector at which what stands of a hold could not be planned away, and why. */
export type NotPlanned = { connectorId: string; connector: string; message: string };

/**
 * Makes, for each connector of the team, a plan that takes back what stands of a hold and of nothing else. A person applies it,
 * before all other pushes; an automatic connector applies what is within its limits at once. Nothing stands, no plan. Gives those at
 * which that failed: one is no reason to leave it at all others.
 */
export const planTakingBack = async (actor: Actor, hold: Hold): Promise<NotPlanned[]> => {
  const notPlanned: NotPlanned[] = [];
  for (const { id: connectorId, name: connector } of await connectorsOf(hold.teamId))
    try {
      await planAt(actor, hold, connectorId);
    } catch (error) {
      logger.error(
        { err: error, withheldId: hold.id, connectorId },
        "What a hold takes back was not planned",
      );
      const message = error instanceof AppError ? error.message : UNFORESEEN;
      notPlanned.push({ connectorId, connector, message });
    }
  return notPlanned;
};

const UNFORESEEN = "Something went wrong that nobody foresaw; an administrator finds the cause in the log.";

const connectorsOf = (teamId: string): Promise<{ id: string; name: string }[]> =>
  bulkAsTeam(teamId, async (client) => {
    const { rows } = await client.query<{ id: string; name: string }>(
      "SELECT id, name FROM connector WHERE team_id = $1 AND deleted_at IS NULL ORDER BY id",
      [teamId],
    );
    return rows;
  });

const planAt = async (actor: Actor, { id, teamId }: Hold, connectorId: string): Promise<void> => {
  const doer = asDoer(actor);
  for (let tries = 0; ; tries += 1) {
    const ids = await bulkAsTeam(teamId, async (client) => {
      // Of plans of one hold only the newest says anything.
      await dropPlans(client, "withheld_id = $1 AND team_id = $2 AND connector_id = $3", [
        id,
        teamId,
        connectorId,
      ]);
      const standing = await findStanding(client, { id, teamId }, connectorId);
      // A person just asked for it, also of what somebody left out of an earlier push.
      await forgetRefusals(client, { id: connectorId, teamId }, standing);
      return standing;
    });
    if (ids.length === 0) return;
    const only = { ids, operations: "remove" } as const;
    const made = await createPlan({ connectorId, teamId, doer, only, withheldId: id });
    if (made.counts.remove === 0) return;
    const isLeftToPerson = await bulkAsTeam(teamId, async (client) => {
      const connector = await readPlanningConnector(client, { connectorId, teamId });
      if (connector.mode !== "automatic" || !connector.enabled) return true;
      return !(await isWithinLimits(client, connector, made));
    });
    if (isLeftToPerson) return;
    try {
      await applyPlan({ planId: made.id, teamId, hash: made.hash, doer });
      return;
    } catch (error) {
      // Somebody changed something in between: plan again. What cannot be applied now is left to a person.
      if (!(error instanceof AppError)) throw error;
      if (error.code !== "stale" || tries >= TRIES) return;
    }
  }
};

const TRIES = 5;

/** What stands of the hold at a connector's destination, or may, as numbers of rows in their order. */
export const findStanding = async (
  client: PoolClient,
  { id, teamId }: Hold,
  connectorId: string,
): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT there.indicator_id AS id FROM (
       SELECT indicator_id FROM claim WHERE connector_id = $2 AND team_id = $3
       UNION
       SELECT indicator_id FROM ${unansweredItems("$2", { isUrgent: true })} u
     ) there
     WHERE EXISTS (
       SELECT FROM attribution a JOIN withheld h ON h.id = $1
       WHERE a.team_id = $3 AND a.indicator_id = ANY (${withItsNetworks("there")}) AND a.until_generation IS NULL
         AND ${isHeldBy("a", "h")})
     ORDER BY there.indicator_id`,
    [id, connectorId, teamId],
  );
  return rows.map((row) => row.id);
};
