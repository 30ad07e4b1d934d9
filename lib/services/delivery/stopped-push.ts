import "server-only";

import type { PoolClient } from "pg";

import { isLeftOut } from "@/lib/db/queries/left-out";
import { bulkAsTeam } from "@/lib/db/scope";
import { AppError } from "@/lib/domain/errors";
import {
  readIsWithdrawal,
  readPlanningConnector,
  type PlanningConnector,
} from "@/lib/services/planning/planning-connector";

export type StoppedPush = {
  id: string;
  connectorId: string;
  planId: string;
  state: string;
  plannedAt: Date;
  policyHash: string;
  /** A newer plan of the connector was applied since. */
  hasNewer: boolean;
  /** A person left something out of it, and neither was that settled nor did anybody ask for it since. */
  hasLeftOut: boolean;
  isUrgent: boolean;
  /** It takes back some values, and brings nothing. */
  takesBackOnly: boolean;
  /** It waits for its destination, and comes again by itself. */
  isWaiting: boolean;
  /** Records that were removed under their old device groups and are still to be made under the new ones. */
  halfMoved: number;
};

/** Why a stopped push cannot go on, and whether a new plan is the way on. */
export type Obstacle = { message: string; isToPlanAnew: boolean };

/** What a stopped push meets before it may go on, as far as is known without judging its items again; null: nothing. */
export const getObstacle = async ({ id, teamId }: { id: string; teamId: string }): Promise<Obstacle | null> =>
  bulkAsTeam(teamId, async (client) => {
    const push = await readStoppedPush(client, id, teamId);
    if (push.state !== "stopped") return null;
    const { connectorId } = push;
    const connector = await readPlanningConnector(client, { connectorId, teamId });
    return findObstacle({ push, connector });
  });

/** As `getObstacle`, of a push and a connector that were read already. */
export const findObstacle = ({
  push,
  connector,
}: {
  push: StoppedPush;
  connector: PlanningConnector;
}): Obstacle | null => {
  if (push.hasNewer) return { message: push.hasLeftOut ? NEWER_BUT_LEFT_OUT : NEWER, isToPlanAnew: false };
  const isWithdrawal = readIsWithdrawal(connector, push.policyHash);
  if (isWithdrawal === null) return POLICY_CHANGED;
  if (!connector.enabled && !isWithdrawal && !push.takesBackOnly)
    return {
      message: `“${connector.name}” is switched off. Switch it on to send anything.`,
      isToPlanAnew: false,
    };
  return push.halfMoved === 0 ? null : toPlanAnew(describeHalfMoved(push.halfMoved));
};

export const PLAN_ANEW =
  "Make a new plan: it holds all that is still wanted, and what may stand there already.";

const toPlanAnew = (why: string): Obstacle => ({ message: `${why} ${PLAN_ANEW}`, isToPlanAnew: true });

const APPLIED_SINCE = "A newer plan of this connector was applied since.";
const NEWER = `${APPLIED_SINCE} What this push left open is settled by that one's push.`;
const NEWER_BUT_LEFT_OUT = `${APPLIED_SINCE} What a person left out of this push stays out until it changes or somebody asks for it.`;
/** What was reviewed for one policy is not sent under another. */
export const POLICY_CHANGED = toPlanAnew(
  "The connector's policy or destination changed since this push was planned.",
);

const describeHalfMoved = (count: number): string =>
  count === 1
    ? "It was stopped half-way: 1 record was removed under its old device groups and is not there under the new ones yet."
    : `It was stopped half-way: ${count.toLocaleString("en")} records were removed under their old device groups and are not there under the new ones yet.`;

/** A push as it is asked whether it may go on. Throws `not_found` for one that the team does not have. */
export const readStoppedPush = async (
  client: PoolClient,
  pushId: string,
  teamId: string,
): Promise<StoppedPush> => {
  const { rows } = await client.query<StoppedPush>(
    `SELECT push.id, push.connector_id AS "connectorId", plan.id AS "planId", push.state, plan.created_at AS "plannedAt",
       plan.policy_hash AS "policyHash", push.urgent AS "isUrgent", plan.partial AND plan.add + plan.change = 0 AS "takesBackOnly",
       push.state = 'running' AND push.waiting_since IS NOT NULL AND push.lease_owner IS NULL AS "isWaiting", EXISTS (
         SELECT FROM plan newer WHERE newer.connector_id = push.connector_id AND newer.state = 'applied'
           AND newer.id <> plan.id AND newer.applied_at >= plan.applied_at
           -- A recall takes nobody's place.
           AND NOT newer.partial) AS "hasNewer", push.state = 'stopped' AND EXISTS (
         SELECT FROM push_item i JOIN receipt r
           ON r.connector_id = push.connector_id AND r.indicator_id = i.indicator_id AND r.push_id = push.id
         WHERE i.push_id = push.id AND i.state = 'sending' AND ${isLeftOut("r")}) AS "hasLeftOut", (
         -- What stood when it was planned is only added once it was removed.
         SELECT count(*)::int FROM push_item i JOIN plan_item p ON p.plan_id = push.plan_id AND p.indicator_id = i.indicator_id
         WHERE i.push_id = push.id AND i.state = 'pending' AND i.operation = 'add' AND p.claim_hash IS NOT NULL) AS "halfMoved"
     FROM push JOIN plan ON plan.id = push.plan_id WHERE push.id = $1 AND push.team_id = $2`,
    [pushId, teamId],
  );
  const [push] = rows;
  if (!push) throw new AppError("not_found", "There is no such push.");
  return push;
};
