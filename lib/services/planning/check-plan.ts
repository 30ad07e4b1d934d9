import "server-only";

import type { PoolClient } from "pg";

import { columnsOf, type Columns } from "@/lib/db/columns";

import type { IdSource } from "./candidate-ids";
import { isHeldThere, judgeCandidates, type Judged } from "./judge-candidates";
import { partSql } from "./part-numbers";
import type { PlanningConnector } from "./planning-connector";

type Options = {
  planId: string;
  /** Only what this push has not begun to send and still decides about; left out: all that the plan is to change. */
  openIn?: string;
  /** Parts of which nothing changed since they were planned, but for who has a place; left out: none. */
  unchanged?: readonly number[];
  connector: PlanningConnector;
  isWithdrawal: boolean;
  isUrgent: boolean;
  plannedAt: Date;
  /** What stands as planned already counts as unchanged. */
  mayBeDone?: boolean;
};
type PlannedItem = {
  operation: string;
  /** Hexadecimal, as the other. */
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
export const countStaleItems = async (client: PoolClient, options: Options): Promise<number> => {
  const { connector, isWithdrawal, isUrgent, plannedAt, mayBeDone = false } = options;
  let stale = 0;
  const planned = new Map<string, PlannedItem>();
  const judging = { connector, isWithdrawal, isUrgent, now: plannedAt };
  for await (const page of judgeCandidates(client, plannedIds(client, options, planned), judging)) {
    for (const judged of page) {
      const item = planned.get(judged.id);
      planned.delete(judged.id);
      if (!isAsPlanned(judged, item) && !(mayBeDone && isDone(judged, item))) stale += 1;
    }
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

type Row = {
  id: string;
  operation: string;
  desired_hash: string | null;
  claim_hash: string | null;
  is_cut: boolean;
  is_forgotten: boolean;
};
const NAMES = ["id", "operation", "desired_hash", "claim_hash", "is_cut", "is_forgotten"] as const;

/** The numbers of what is looked at; what was planned for each is put into `planned`. */
const plannedIds = (
  client: PoolClient,
  { planId, openIn, unchanged = [], connector, isUrgent, isWithdrawal }: Options,
  planned: Map<string, PlannedItem>,
): IdSource => {
  // One of some values alone goes at once, and is ranked by the next plan.
  const isRanked = connector.policy.kind === "defender" && !isUrgent && !isWithdrawal;
  const query = `SELECT ${columnsOf(
    NAMES,
    `SELECT i.indicator_id::text AS id, i.operation, encode(i.desired_hash, 'hex') AS desired_hash,
       encode(i.claim_hash, 'hex') AS claim_hash, coalesce(NOT b.chosen, false) AS is_cut,
       $4 AND b.connector_id IS NULL AS is_forgotten
     FROM plan_item i
     -- By its whole key: a connector that no statistics have seen is taken for one row.
     LEFT JOIN LATERAL (
       SELECT * FROM budget_entry b WHERE b.connector_id = $3 AND b.indicator_id = i.indicator_id OFFSET 0) b ON true
     WHERE i.plan_id = $1 AND i.indicator_id > $2 AND i.operation <> 'blocked'
       -- Of the others, only that they have or have not a place may be otherwise.
       AND (${partSql("i.indicator_id")} <> ALL ($6::int[])
         OR ($4 AND CASE WHEN i.desired_hash IS NULL THEN b.chosen ELSE b.chosen IS NOT TRUE END))
       AND ($7::uuid IS NULL OR EXISTS (
         SELECT FROM push_item p WHERE p.push_id = $7 AND p.indicator_id = i.indicator_id
           AND p.state = 'pending' AND NOT p.overtaken OFFSET 0))
     ORDER BY i.indicator_id LIMIT $5`,
  )} AS items`;
  return async (after, limit) => {
    const values = [planId, after, connector.id, isRanked, limit, unchanged, openIn ?? null];
    const { rows } = await client.query<{ items: Columns<Row> }>(query, values);
    const items = rows[0]?.items;
    if (!items) return [];
    items.id.forEach((id, place) =>
      planned.set(id, {
        operation: items.operation[place] ?? "",
        desiredHash: items.desired_hash[place] ?? null,
        claimHash: items.claim_hash[place] ?? null,
        isCut: items.is_cut[place] ?? false,
        isForgotten: items.is_forgotten[place] ?? false,
      }),
    );
    return [...items.id];
  };
};
