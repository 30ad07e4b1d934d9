import "server-only";

import type { PoolClient } from "pg";

import type { IdSource } from "./candidate-ids";
import { isHeldThere, judgeCandidates, type Judged } from "./judge-candidates";
import type { PlanningConnector } from "./planning-connector";

type Options = {
  planId: string;
  /** Which of the planned items are looked at. */
  nextIds: IdSource;
  connector: PlanningConnector;
  isWithdrawal: boolean;
  isUrgent: boolean;
  plannedAt: Date;
  /** What stands as planned already counts as unchanged. */
  mayBeDone?: boolean;
};
type PlannedItem = {
  id: string;
  operation: string;
  desiredHash: string | null;
  claimHash: string | null;
  /** It has no place at its destination, by the newest choice among all who want one there. */
  isCut: boolean;
  /** Nobody applied its plan for so long that its place is another's. */
  isForgotten: boolean;
};

/**
 * How many planned items would be judged otherwise today: another wish, or another claim standing. Judged as of the time
 * of planning, so that the mere passing of time makes no plan stale; new candidates wait for the next plan.
 */
export const countStaleItems = async (
  client: PoolClient,
  { planId, nextIds, connector, isWithdrawal, isUrgent, plannedAt, mayBeDone = false }: Options,
): Promise<number> => {
  let stale = 0;
  // One of some values alone goes at once, and is ranked by the next plan.
  const isRanked = connector.policy.kind === "defender" && !isUrgent && !isWithdrawal;
  const options = { connector, isWithdrawal, isUrgent, now: plannedAt };
  for await (const page of judgeCandidates(client, nextIds, options)) {
    const planned = await readItems(
      client,
      { planId, connectorId: connector.id, isRanked },
      page.map(({ id }) => id),
    );
    stale += page.filter((judged) => {
      const item = planned.get(judged.id);
      return !isAsPlanned(judged, item) && !(mayBeDone && isDone(judged, item));
    }).length;
  }
  return stale;
};

const isAsPlanned = (judged: Judged, planned: PlannedItem | undefined): boolean => {
  if (planned?.claimHash !== judged.claimHash) return false;
  if (planned.isForgotten && planned.desiredHash !== null) return false;
  if (planned.isCut && judged.desiredHash !== null) return planned.desiredHash === null;
  return planned.operation === judged.operation && planned.desiredHash === judged.desiredHash;
};

const isDone = (judged: Judged, planned: PlannedItem | undefined): boolean =>
  planned?.operation === "remove"
    ? judged.operation === "blocked" && !isHeldThere(judged)
    : judged.operation === "keep" && planned?.desiredHash === judged.desiredHash;

const readItems = async (
  client: PoolClient,
  { planId, connectorId, isRanked }: { planId: string; connectorId: string; isRanked: boolean },
  ids: readonly string[],
): Promise<ReadonlyMap<string, PlannedItem>> => {
  const { rows } = await client.query<PlannedItem>(
    `SELECT i.indicator_id AS id, i.operation, encode(i.desired_hash, 'hex') AS "desiredHash",
       encode(i.claim_hash, 'hex') AS "claimHash", coalesce(NOT b.chosen, false) AS "isCut",
       $4 AND b.connector_id IS NULL AS "isForgotten"
     FROM plan_item i
     LEFT JOIN budget_entry b ON b.connector_id = $3 AND b.indicator_id = i.indicator_id
     WHERE i.plan_id = $1 AND i.indicator_id = ANY ($2::bigint[])`,
    [planId, ids, connectorId, isRanked],
  );
  return new Map(rows.map((row) => [row.id, row]));
};
