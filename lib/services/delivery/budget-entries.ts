import "server-only";

import type { PoolClient } from "pg";

import type { Tx } from "@/lib/db/client";
import { openCopy } from "@/lib/db/copy";
import type { Choice, Cut } from "@/lib/domain/selection/budget";

import { announcePlansSql } from "./announce-plans";
import { lockBudget, type Entry } from "./budget-pool";
import type { PlanningConnector } from "./planning-connector";

const COLUMNS = ["indicator_id", "key", "feed_id", "score", "chosen", "device_groups"] as const;

/** Makes the connector's entries equal to its wishes and what came of them; equal ones write nothing. */
export const writeEntries = async (
  client: PoolClient,
  { id, teamId }: PlanningConnector,
  own: readonly Entry[],
  { cuts }: Choice,
): Promise<void> => {
  // COPY cannot write to a table under a row policy.
  await client.query(
    `CREATE TEMPORARY TABLE budget_stage (indicator_id bigint, key uuid, feed_id uuid, score int, chosen boolean, device_groups jsonb)
     ON COMMIT DROP`,
  );
  const copy = openCopy(client, "budget_stage", COLUMNS);
  for (const [index, { indicatorId, key, feedId, score, deviceGroups }] of own.entries()) {
    const groups = deviceGroups && JSON.stringify(deviceGroups);
    const written = copy.write([indicatorId, key, feedId, score, cuts[index] === null, groups]);
    if (written) await written;
  }
  await copy.end();
  await client.query("ANALYZE budget_stage");
  await client.query(
    `DELETE FROM budget_entry b WHERE b.connector_id = $1 AND b.team_id = $2
       AND NOT EXISTS (SELECT FROM budget_stage s WHERE s.indicator_id = b.indicator_id)`,
    [id, teamId],
  );
  await client.query(
    `UPDATE budget_entry b SET feed_id = s.feed_id, score = s.score, chosen = s.chosen, device_groups = s.device_groups FROM budget_stage s
     WHERE b.connector_id = $1 AND b.team_id = $2 AND s.indicator_id = b.indicator_id
       AND (b.feed_id, b.score, b.chosen, b.device_groups) IS DISTINCT FROM (s.feed_id, s.score, s.chosen, s.device_groups)`,
    [id, teamId],
  );
  await client.query(
    `INSERT INTO budget_entry (connector_id, team_id, indicator_id, key, feed_id, score, chosen, device_groups)
     SELECT $1, $2, s.indicator_id, s.key, s.feed_id, s.score, s.chosen, s.device_groups FROM budget_stage s
     WHERE NOT EXISTS (SELECT FROM budget_entry b WHERE b.connector_id = $1 AND b.indicator_id = s.indicator_id)`,
    [id, teamId],
  );
};

/** Others' wishes that gain or lose a place: their teams plan anew. Run it as a step of the system's. */
export const moveOthers = async (
  client: PoolClient,
  others: readonly Entry[],
  cuts: readonly (Cut | null)[],
): Promise<void> => {
  const moved = others.filter(({ isChosen }, index) => isChosen !== (cuts[index] === null));
  if (moved.length === 0) return;
  await client.query(
    `UPDATE budget_entry b SET chosen = NOT b.chosen
     FROM unnest($1::uuid[], $2::bigint[]) AS moved (connector_id, indicator_id)
     WHERE b.connector_id = moved.connector_id AND b.indicator_id = moved.indicator_id`,
    [moved.map(({ connectorId }) => connectorId), moved.map(({ indicatorId }) => indicatorId)],
  );
  for (const teamId of new Set(moved.map((one) => one.teamId))) await announcePlansSql(client, teamId);
};

/** A connector that takes everything back wants nothing there any more. */
export const dropEntries = async (
  client: PoolClient,
  { id, teamId, destinationId }: Pick<PlanningConnector, "id" | "teamId" | "destinationId">,
): Promise<void> => {
  await lockBudget(client, destinationId);
  await client.query("DELETE FROM budget_entry WHERE connector_id = $1 AND team_id = $2", [id, teamId]);
};

/** Forgets what every connector wants at a destination; what stands there keeps its place until its connector plans. */
export const dropAllEntries = async (client: PoolClient, destinationId: string): Promise<void> => {
  await lockBudget(client, destinationId);
  await client.query(
    "DELETE FROM budget_entry b USING connector c WHERE c.id = b.connector_id AND c.destination_id = $1",
    [destinationId],
  );
};

/** The same, for one that is deleted or led elsewhere; call it before it is. */
export const forgetWishes = async (tx: Tx, { id, teamId }: { id: string; teamId: string }): Promise<void> => {
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended('budget ' || destination_id, 0)) FROM connector WHERE id = ${id}::uuid`;
  await tx.budgetEntry.deleteMany({ where: { connectorId: id, teamId } });
};

/** What a recall takes back has no place any more. */
export const dropEntriesOfStage = async (
  client: PoolClient,
  { id, teamId, destinationId }: PlanningConnector,
): Promise<void> => {
  await lockBudget(client, destinationId);
  await client.query(
    `DELETE FROM budget_entry b USING plan_stage s
     WHERE b.connector_id = $1 AND b.team_id = $2 AND s.indicator_id = b.indicator_id AND s.operation = 'remove'`,
    [id, teamId],
  );
};

/** Which of these values have no place, by the last choice. */
export const readCutOf = async (
  client: PoolClient,
  { id, teamId }: PlanningConnector,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ id: string }>(
    `SELECT indicator_id AS id FROM budget_entry
     WHERE connector_id = $1 AND team_id = $2 AND indicator_id = ANY ($3::bigint[]) AND NOT chosen`,
    [id, teamId, ids],
  );
  return new Set(rows.map((row) => row.id));
};
