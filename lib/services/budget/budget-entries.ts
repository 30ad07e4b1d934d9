import "server-only";

import type { PoolClient } from "pg";

import type { Tx } from "@/lib/db/client";
import { openCopy } from "@/lib/db/copy";
import { hashing } from "@/lib/db/queries/planning";
import type { Choice } from "@/lib/domain/selection/budget";
import { PROPERTIES } from "@/lib/domain/selection/budget-settings";
import { packedPoints, type Wishes } from "@/lib/domain/selection/wishes";

import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { lockBudget, type Pool } from "./budget-pool";
import type { PlanningConnector } from "@/lib/services/planning/planning-connector";
import { UNPACKED_POINTS } from "./packed-points";
import type { Standing } from "./rank-candidates";
import { partSql } from "@/lib/services/planning/part-numbers";
import { groupsOf, indicatorOf, type Scopes } from "@/lib/services/planning/record-numbers";

const COLUMNS = [
  ...(["indicator_id", "feed", "device_groups", "points"] as const),
  ...(["code", "rank", "cut", "stands", "claim_hash"] as const),
] as const;

/** What a connector says of a wish. */
const WISHED = ["feed_id", "device_groups", ...PROPERTIES] as const;
const columnsOf = (row: string): string => WISHED.map((name) => `${row}.${name}`).join(", ");

type Own = { wishes: Wishes; own: number; choice: Choice };
type Told = { told: Choice; standing: ReadonlyMap<number, Standing>; scopes: Scopes };

export type Laid = Omit<Own, "choice"> & Told;

/**
 * Makes the table in which a connector's wishes are laid down, narrow, since there may be many. COPY cannot write to one under a row
 * policy.
 */
export const createEntryStage = async (client: PoolClient): Promise<void> => {
  await client.query(
    `CREATE TEMPORARY TABLE budget_stage (
       indicator_id bigint, feed int, device_groups jsonb, points bigint, code smallint, rank int, cut int, stands boolean, claim_hash bytea
     ) ON COMMIT DROP`,
  );
};

/** Lays down some of a connector's wishes and what came of them, to be written by `writeEntries` and `writeCut`. */
export const stageEntries = async (
  client: PoolClient,
  { wishes, told, standing, scopes }: Laid,
  { from, to, isMeant = () => true }: { from: number; to: number; isMeant?: (wish: number) => boolean },
): Promise<void> => {
  if (from >= to) return;
  const copy = openCopy(client, "budget_stage", COLUMNS);
  for (let wish = from; wish < to; wish += 1) {
    if (!isMeant(wish)) continue;
    const record = wishes.records[wish] ?? 0;
    const code = told.codes[wish] ?? 0;
    const stands = standing.get(wish);
    // One literal: put together of others, a hundred thousand of them took twice as long.
    const written = copy.write([
      indicatorOf(record),
      (wishes.feeds[wish] ?? 0) + 1,
      groupsOf(record, scopes),
      packedPoints(wishes, wish),
      code === 0 ? null : code,
      told.ranks[wish] ?? 0,
      told.limits[wish] ?? 0,
      stands === undefined ? "f" : "t",
      stands?.claimHash ? `\\x${stands.claimHash}` : null,
    ]);
    if (written) await written;
  }
  await copy.end();
};

type Known = {
  /** Parts whose entries say what is wished already. */
  parts: readonly number[];
  /** Which of these have a place. */
  chosenIds: readonly number[];
};

/** Makes the connector's entries equal to what was staged and, of known parts, to what was chosen; equal ones write nothing. */
export const writeEntries = async (
  client: PoolClient,
  { id, teamId }: PlanningConnector,
  { wishes: { feedIds }, parts, chosenIds }: Known & Pick<Laid, "wishes">,
): Promise<void> => {
  const staged = `(SELECT indicator_id, code, device_groups, ($3::uuid[])[feed] AS feed_id, ${UNPACKED_POINTS} FROM budget_stage)`;
  // Both sides may be of any size whatever the statistics say: row by row, a first plan would take minutes.
  await hashing(client, async () => {
    await client.query(
      `DELETE FROM budget_entry b WHERE b.connector_id = $1 AND b.team_id = $2 AND ${partSql("b.indicator_id")} <> ALL ($3::int[])
         AND NOT EXISTS (SELECT FROM budget_stage s WHERE s.indicator_id = b.indicator_id)`,
      [id, teamId, parts],
    );
    await client.query(
      `UPDATE budget_entry b SET chosen = s.code IS NULL, ${WISHED.map((name) => `${name} = s.${name}`).join(", ")}
       FROM ${staged} s
       WHERE b.connector_id = $1 AND b.team_id = $2 AND s.indicator_id = b.indicator_id
         AND (b.chosen, ${columnsOf("b")}) IS DISTINCT FROM (s.code IS NULL, ${columnsOf("s")})`,
      [id, teamId, feedIds],
    );
    await client.query(
      `INSERT INTO budget_entry (connector_id, team_id, indicator_id, key, chosen, ${WISHED.join(", ")})
       SELECT $1, $2, s.indicator_id, i.key, s.code IS NULL, ${columnsOf("s")}
       FROM ${staged} s JOIN indicator i ON i.id = s.indicator_id
         -- Of all that the installation knows, no more than lies between them.
         AND i.id BETWEEN (SELECT min(indicator_id) FROM budget_stage) AND (SELECT max(indicator_id) FROM budget_stage)
       WHERE NOT EXISTS (SELECT FROM budget_entry b WHERE b.connector_id = $1 AND b.indicator_id = s.indicator_id)`,
      [id, teamId, feedIds],
    );
    if (parts.length > 0)
      await client.query(
        `WITH chosen AS (SELECT unnest($4::bigint[]) AS id)
         UPDATE budget_entry b SET chosen = NOT b.chosen FROM (
           SELECT e.indicator_id FROM budget_entry e LEFT JOIN chosen c ON c.id = e.indicator_id
           WHERE e.connector_id = $1 AND e.team_id = $2 AND ${partSql("e.indicator_id")} = ANY ($3::int[])
             AND e.chosen <> (c.id IS NOT NULL)
         ) moved WHERE b.connector_id = $1 AND b.indicator_id = moved.indicator_id`,
        [id, teamId, parts, chosenIds],
      );
  });
};

/** Others' wishes that gain or lose a place: their teams plan anew. Run it as a step of the system's. */
export const moveOthers = async (
  client: PoolClient,
  { others, wasChosen }: Pool,
  { wishes, own, choice }: Own,
): Promise<void> => {
  const teamIds = new Set<string>();
  for (const { connectorId, teamId, from, to } of others) {
    const moved: number[] = [];
    for (let wish = from; wish < to; wish += 1)
      if ((choice.codes[wish] === 0) !== (wasChosen[wish - own] === 1))
        moved.push(indicatorOf(wishes.records[wish] ?? 0));
    if (moved.length === 0) continue;
    await client.query(
      "UPDATE budget_entry SET chosen = NOT chosen WHERE connector_id = $1 AND indicator_id = ANY ($2::bigint[])",
      [connectorId, moved],
    );
    teamIds.add(teamId);
  }
  for (const teamId of [...teamIds].sort()) await announcePlansSql(client, teamId);
};

/** A connector that takes everything back wants nothing there any more. */
export const dropEntries = async (
  client: PoolClient,
  { id, teamId, destinationId }: Pick<PlanningConnector, "id" | "teamId" | "destinationId">,
): Promise<void> => {
  await lockBudget(client, destinationId);
  await client.query("DELETE FROM budget_entry WHERE connector_id = $1 AND team_id = $2", [id, teamId]);
};

type Connector = { id: string; teamId: string };

const lockBudgetOf = (tx: Tx, id: string): Promise<unknown> =>
  tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended('budget ' || destination_id, 0)) FROM connector WHERE id = ${id}::uuid`;

/** A wish for a record under the connector's own device groups stays one for that record, when the connector gets others. */
export const keepGroupsOfWishes = async (
  tx: Tx,
  { id, teamId }: Connector,
  { from, to }: { from: readonly string[]; to: readonly string[] },
): Promise<void> => {
  await lockBudgetOf(tx, id);
  const [old, own] = [JSON.stringify(from.toSorted()), JSON.stringify(to.toSorted())];
  await tx.$executeRaw`
    UPDATE budget_entry SET device_groups = nullif(coalesce(device_groups, ${old}::jsonb), ${own}::jsonb)
    WHERE connector_id = ${id}::uuid AND team_id = ${teamId}::uuid`;
};

/** Forgets what a connector wants that is deleted or led elsewhere; call it before it is. */
export const forgetWishes = async (tx: Tx, { id, teamId }: Connector): Promise<void> => {
  await lockBudgetOf(tx, id);
  await tx.budgetEntry.deleteMany({ where: { connectorId: id, teamId } });
};

/**
 * What a recall takes back has no place any more. It goes at once, so it waits for nobody who is choosing: an entry that is being
 * written just now is left to the next plan.
 */
export const dropEntriesOfStage = async (
  client: PoolClient,
  { id, teamId }: PlanningConnector,
): Promise<void> => {
  await client.query(
    `DELETE FROM budget_entry b USING (
       SELECT e.indicator_id FROM budget_entry e JOIN plan_stage s ON s.indicator_id = e.indicator_id
       WHERE e.connector_id = $1 AND e.team_id = $2
         AND s.frame = ANY (ARRAY(SELECT number FROM plan_frame WHERE operation = 'remove')) FOR UPDATE OF e SKIP LOCKED
     ) gone
     WHERE b.connector_id = $1 AND b.team_id = $2 AND b.indicator_id = gone.indicator_id`,
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
