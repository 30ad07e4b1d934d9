import "server-only";

import type { PoolClient } from "pg";

import { isRemovalLeftOut } from "@/lib/db/queries/left-out";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { bulkAsTeam } from "@/lib/db/scope";
import type { Doer } from "@/lib/domain/access/actor";

import { createPlan, type MadePlan } from "./create-plan";
import { dropPlans } from "./drop-plans";
import { forgetRefusals } from "./refused-hash";

type Own = { connectorId: string; teamId: string };

type Asked = Own & {
  doer: Doer;
  /** A person asked for just that: what somebody left out of an earlier push is part of it. */
  isAsked: boolean;
};

/**
 * Plans to take back what of a connector stands at its destination and is not wanted there any more, and brings nothing: it may be
 * applied while the connector is paused. Null where all that stands is wanted. What was planned so before, and neither applied nor
 * approved, says nothing any more.
 */
export const planRemovals = async ({ doer, isAsked, ...own }: Asked): Promise<MadePlan | null> => {
  const ids = await bulkAsTeam(own.teamId, async (client) => {
    const { connectorId, teamId } = own;
    await dropPlans(client, `connector_id = $1 AND team_id = $2 AND ${IS_REMOVAL}`, [connectorId, teamId]);
    if (isAsked) await forgetRefusals(client, { id: connectorId, teamId }, await findLeftOut(client, own));
    return findStanding(client, own);
  });
  if (ids.length === 0) return null;
  const made = await createPlan({ ...own, doer, only: { ids, operations: "remove" } });
  return made.counts.remove === 0 ? null : made;
};

/** What whoever asked is told where there is no such plan. */
export const NOTHING_TO_REMOVE = "All that stands there is still wanted: there is nothing to take back.";

/** Of a plan: a person made it, of no hold and no recall, to take back alone, and nobody else looked at it. */
const IS_REMOVAL =
  "partial AND withheld_id IS NULL AND NOT decided AND created_by IS NOT NULL AND approved_at IS NULL AND add + change = 0";

const findLeftOut = async (client: PoolClient, { connectorId, teamId }: Own): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT w.indicator_id AS id FROM receipt w WHERE w.connector_id = $1 AND w.team_id = $2 AND ${isRemovalLeftOut("w")}`,
    [connectorId, teamId],
  );
  return rows.map(({ id }) => id);
};

/** What stands at the destination, or may, as numbers of rows in their order. */
const findStanding = async (client: PoolClient, { connectorId, teamId }: Own): Promise<string[]> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT indicator_id AS id FROM claim WHERE connector_id = $1 AND team_id = $2
     UNION SELECT indicator_id FROM ${unansweredItems("$1", { isUrgent: true })} u ORDER BY id`,
    [connectorId, teamId],
  );
  return rows.map(({ id }) => id);
};
