import "server-only";

import type { PoolClient } from "pg";

import type { Maker, RemoteRecord } from "@/lib/connectors/contract";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { standsByOthers, type Holder, type HoldersByScope } from "@/lib/domain/delivery/foreign";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorTypeCode } from "@/lib/domain/indicator/types";
import { recordScope } from "@/lib/domain/selection/policy";

import { announcePlansSql } from "@/lib/services/planning/announce-plans";

/** More than any tenant takes. */
const MOST_KEPT = 50_000;

/** Whether one of this installation's applications made what such a maker made. */
export type IsOurMaker = (maker: string) => boolean;

/** The applications of a destination's connectors, and those by which records stand there. */
export const readOurMakers = async (client: PoolClient, destinationId: string): Promise<IsOurMaker> => {
  const { rows } = await client.query<{ clientId: string }>(
    `SELECT client_id AS "clientId" FROM connector WHERE destination_id = $1 AND deleted_at IS NULL
     UNION SELECT owner_client_id FROM remote_record
     WHERE destination_id = $1 AND state IN ('live', 'orphaned') AND owner_client_id IS NOT NULL`,
    [destinationId],
  );
  const ours = new Set(rows.map(({ clientId }) => clientId.toLowerCase()));
  return (maker) => ours.has(maker.toLowerCase());
};

/** Of what was listed, what somebody else made, by remote ids; what does not name its maker says nothing. */
export const findForeign = (
  listed: Iterable<RemoteRecord>,
  isOurMaker: IsOurMaker,
): ReadonlyMap<string, Maker> => {
  const found = new Map<string, Maker>();
  for (const { remoteId, createdBy, createdByName: name } of listed)
    if (createdBy !== null && !isOurMaker(createdBy)) found.set(remoteId, { id: createdBy, name });
  return found;
};

/** One record that somebody else made, as it is kept. */
export type KeptForeign = {
  remoteId: string;
  key: string;
  type: number;
  value: string;
  scope: string;
  action: string | null;
  maker: string | null;
  makerName: string | null;
};

/** A listed record as it is kept; null for a kind that no application of ours could overwrite. */
export const toKeptForeign = (record: RemoteRecord): KeptForeign | null => {
  const { remoteId, type, value, action, createdBy: maker, createdByName: makerName } = record;
  if (type === null) return null;
  const scope = recordScope(record.deviceGroups ?? []);
  const key = indicatorId(type, value);
  return { remoteId, key, type: indicatorTypeCode(type), value, scope, action, maker, makerName };
};

const ROWS = `jsonb_to_recordset($2::jsonb) AS s ("remoteId" text, key uuid, type smallint, value text, scope text, action text,
  maker text, "makerName" text)`;

const PUT = `INSERT INTO foreign_record AS known (destination_id, remote_id, key, type, value, scope, action, maker, maker_name, seen_at)
  SELECT $1, s."remoteId", s.key, s.type, s.value, s.scope, s.action, s.maker, s."makerName", $3 FROM ${ROWS}
  ON CONFLICT (destination_id, remote_id) DO UPDATE SET key = excluded.key, type = excluded.type, value = excluded.value,
    scope = excluded.scope, action = excluded.action, maker = excluded.maker, maker_name = excluded.maker_name
  WHERE (known.key, known.scope, known.action, known.maker, known.maker_name)
    IS DISTINCT FROM (excluded.key, excluded.scope, excluded.action, excluded.maker, excluded.maker_name)`;

type Replacing = {
  records: readonly KeptForeign[];
  /** The connectors that were shown it. */
  viewers: readonly string[];
  now: Date;
};

/**
 * Replaces what others hold at a destination by a whole reading of it. Teams that see it and want something of what changed have something
 * to plan.
 */
export const replaceForeign = async (
  client: PoolClient,
  destinationId: string,
  { records, viewers, now }: Replacing,
): Promise<void> => {
  const rows = JSON.stringify(records.slice(0, MOST_KEPT));
  const put = await client.query<{ key: string }>(`${PUT} RETURNING known.key`, [destinationId, rows, now]);
  const gone = await client.query<{ key: string }>(
    `DELETE FROM foreign_record f WHERE destination_id = $1
       AND NOT EXISTS (SELECT FROM ${ROWS} WHERE s."remoteId" = f.remote_id) RETURNING f.key`,
    [destinationId, rows],
  );
  const keys = [...put.rows, ...gone.rows].map(({ key }) => key);
  if (keys.length > 0) await announceChanged(client, destinationId, { keys, viewers });
};

/** Keeps what an answer told of somebody else's records, until the next whole reading. */
export const addForeign = async (
  client: PoolClient,
  destinationId: string,
  { records, now }: { records: readonly KeptForeign[]; now: Date },
): Promise<void> => {
  if (records.length > 0) await client.query(PUT, [destinationId, JSON.stringify(records), now]);
};

/** Forgets what others hold where nobody can see it any more. */
export const forgetForeign = async (client: PoolClient, destinationId: string): Promise<void> => {
  await client.query("DELETE FROM foreign_record WHERE destination_id = $1", [destinationId]);
};

const announceChanged = async (
  client: PoolClient,
  destinationId: string,
  { keys, viewers }: { keys: readonly string[] } & Pick<Replacing, "viewers">,
): Promise<void> => {
  const { rows } = await client.query<{ teamId: string }>(
    `SELECT DISTINCT own.team_id AS "teamId" FROM connector own CROSS JOIN (SELECT $1::uuid AS destination_id) f
     WHERE own.destination_id = $1 AND own.deleted_at IS NULL
       -- Who sees it for the first time is noted as seeing it only after this.
       AND (own.team_id IN (SELECT team_id FROM connector WHERE id = ANY ($3::uuid[])) OR ${isSeenBy("own.team_id")})
       AND EXISTS (
         SELECT FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = own.team_id AND t.active
         WHERE i.key = ANY ($2::uuid[]))
     ORDER BY 1`,
    [destinationId, keys, viewers],
  );
  for (const { teamId } of rows) await announcePlansSql(client, teamId);
};

/** Whether an application of a team sees what others hold (`foreign_record f`), as a condition; `team` is an expression for the team's id. */
export const isSeenBy = (team: string): string => `EXISTS (
  SELECT FROM connector c JOIN destination d ON d.id = c.destination_id
  WHERE c.destination_id = f.destination_id AND c.team_id = ${team} AND c.deleted_at IS NULL
    AND (d.capacity->'readers' ? c.client_id::text OR d.capacity->>'shared' = 'true'))`;

type Place = { teamId: string; destinationId: string; kind: ConnectorKind };
/** By public ids. */
export type Holders = ReadonlyMap<string, HoldersByScope>;

/** What others hold where the team's connector would put its own, under the given device groups (`recordScope`); nothing where no application of the team sees it. */
export const readHolders = async (
  client: PoolClient,
  { teamId, destinationId, kind }: Place,
  scopes: readonly string[],
  keys: readonly string[] | null = null,
): Promise<Holders> => {
  if (kind !== "defender") return new Map();
  const { rows } = await client.query<Holder & { key: string; scope: string }>(
    `SELECT key, scope, maker, maker_name AS "makerName", action FROM foreign_record f
     WHERE destination_id = $1 AND scope = ANY ($2::text[]) AND ($4::uuid[] IS NULL OR key = ANY ($4))
       AND ${isSeenBy("$3")}
     ORDER BY remote_id`,
    [destinationId, scopes, teamId, keys],
  );
  const holders = new Map<string, Map<string, Holder>>();
  for (const { key, scope, ...holder } of rows) {
    const known = holders.get(key) ?? new Map<string, Holder>();
    holders.set(key, known.set(scope, holder));
  }
  return holders;
};

/** A connector whose records turned out to be somebody else's. */
export type Disowned = { connectorId: string; teamId: string; count: number };

/**
 * Lets go of records that somebody else made, also where we wrote over them once: no claim stays on them, so that nothing ever changes
 * or deletes them, and each receipt says whose they are. Receipts that a push is about to write are left to it.
 */
export const disown = async (
  client: PoolClient,
  destinationId: string,
  { foreign, now }: { foreign: ReadonlyMap<string, Maker>; now: Date },
): Promise<readonly Disowned[]> => {
  const rows = JSON.stringify(
    [...foreign].map(([id, { id: maker, name: makerName }]) => ({
      id,
      why: standsByOthers({ maker, makerName }),
    })),
  );
  const found = await client.query<{ id: string; why: string }>(
    `SELECT r.id, s.why FROM remote_record r JOIN ${REASONS} ON s.id = r.remote_id
     WHERE r.destination_id = $1 AND r.state IN ('live', 'orphaned') ORDER BY r.id FOR UPDATE OF r`,
    [destinationId, rows],
  );
  await lockReceipts(client, destinationId, { rows, recordIds: found.rows.map(({ id }) => id) });
  await forgetRemovals(client, destinationId, { rows, now });
  if (found.rows.length === 0) return [];
  const records = JSON.stringify(found.rows);
  await client.query(
    `UPDATE receipt x SET state = 'skipped', reason = y.why, drift = NULL, drift_choice = NULL, remote_id = NULL,
       content_hash = NULL, visible_at = NULL, still_shown = false, removed_at = NULL, removal_tries = 0, changed_at = $2
     FROM (
       SELECT r.connector_id, r.indicator_id, s.why FROM jsonb_to_recordset($1::jsonb) AS s (id uuid, why text)
       JOIN claim c ON c.record_id = s.id
       JOIN receipt r ON r.connector_id = c.connector_id AND r.indicator_id = c.indicator_id
       WHERE r.state NOT IN ('pending', 'withdrawing')
     ) y WHERE x.connector_id = y.connector_id AND x.indicator_id = y.indicator_id`,
    [records, now],
  );
  const ids = found.rows.map(({ id }) => id);
  const touched = await client.query<Disowned>(
    `WITH dropped AS (DELETE FROM claim WHERE record_id = ANY ($1::uuid[]) RETURNING connector_id, team_id)
     SELECT connector_id AS "connectorId", team_id AS "teamId", count(*)::int AS count FROM dropped GROUP BY 1, 2 ORDER BY 1`,
    [ids],
  );
  await client.query(
    `UPDATE remote_record SET state = 'gone', gone_at = $2, owner_connector_id = NULL, owner_client_id = NULL, remote_id = NULL,
       content_hash = NULL, action = NULL, severity = NULL, expires_at = NULL, visible_at = NULL, maker_seen_at = NULL
     WHERE id = ANY ($1::uuid[])`,
    [ids, now],
  );
  return touched.rows;
};

const REASONS = "jsonb_to_recordset($2::jsonb) AS s (id text, why text)";

/** Those of claims on the records and those of removals that are looked for, in one go: two after another could cross a batch's. */
const lockReceipts = async (
  client: PoolClient,
  destinationId: string,
  { rows, recordIds }: { rows: string; recordIds: readonly string[] },
): Promise<void> => {
  await client.query(
    `SELECT FROM receipt WHERE (connector_id, indicator_id) IN (
       SELECT connector_id, indicator_id FROM claim WHERE record_id = ANY ($3::uuid[])
       UNION SELECT r.connector_id, r.indicator_id FROM ${REMOVALS})
     ORDER BY connector_id, indicator_id FOR UPDATE`,
    [destinationId, rows, recordIds],
  );
};

const REMOVALS = `connector c
  JOIN receipt r ON r.connector_id = c.id AND c.destination_id = $1 AND (r.still_shown OR r.removed_at IS NOT NULL)
  JOIN ${REASONS} ON s.id = r.remote_id`;

/** What was to be seen gone and is somebody else's is not waited for, nor removed another way. */
const forgetRemovals = async (
  client: PoolClient,
  destinationId: string,
  { rows, now }: { rows: string; now: Date },
): Promise<void> => {
  await client.query(
    `UPDATE receipt x SET state = 'skipped', reason = y.why, remote_id = NULL, still_shown = false, removed_at = NULL,
       removal_tries = 0, changed_at = $3
     FROM (
       SELECT r.connector_id, r.indicator_id, s.why FROM ${REMOVALS}
     ) y WHERE x.connector_id = y.connector_id AND x.indicator_id = y.indicator_id`,
    [destinationId, rows, now],
  );
};

/** Notes of records that one of our applications was seen to have made them. */
export const noteOwnMakers = async (
  client: PoolClient,
  destinationId: string,
  { remoteIds, now }: { remoteIds: readonly string[]; now: Date },
): Promise<void> => {
  await client.query(
    `UPDATE remote_record r SET maker_seen_at = $3 FROM (
       SELECT id FROM remote_record WHERE destination_id = $1 AND remote_id = ANY ($2) AND maker_seen_at IS NULL
       ORDER BY id FOR UPDATE
     ) own WHERE r.id = own.id`,
    [destinationId, remoteIds, now],
  );
};
