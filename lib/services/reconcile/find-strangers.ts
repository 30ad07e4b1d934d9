import "server-only";

import { hash } from "node:crypto";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { ENDED_IDS_AMONG } from "@/lib/db/queries/ended-ids";
import { formerNamesOf } from "@/lib/db/queries/former-names";
import { isUnsettled } from "@/lib/db/queries/is-sending";
import { OWN_REMOTE_IDS_AMONG } from "@/lib/db/queries/own-remote-ids";
import { SYSTEM } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { indicatorTypeCode } from "@/lib/domain/indicator/types";
import { strangerRemoval } from "@/lib/jobs/stranger-removal.job";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { announceSql } from "@/lib/services/outbox/announce";

import { toKept } from "./expected-records";
import { withoutTrials } from "./own-trials";
import { MOST_REMOVALS } from "@/lib/services/delivery/read-back";

/** As many as are kept to be decided about; the count is of all. */
const MOST_KEPT = 5_000;

type Options = {
  connectorId: string;
  destinationId: string;
  teamId: string;
  /** What its application made and nobody here knows of. */
  unknown: readonly RemoteRecord[];
  /** When the list was begun to be read: what was removed later is not judged by it. */
  startedAt: Date;
  now: Date;
};

/**
 * Keeps what a connector's application made at its destination and nobody here knows of, with what was decided about each; not what may
 * be the record that a request made whose answer never came. One that
 * was ignored comes up again when it changed; one that was removed and is not shown any more is gone; one that is still shown, or that we
 * deleted ourselves before, is removed another way.
 */
export const writeStrangers = async (
  client: PoolClient,
  { connectorId, destinationId, teamId, unknown, startedAt, now }: Options,
): Promise<void> => {
  const ownLabels = await readOwnLabels(client, teamId);
  const ours = unknown.filter((record) => isOfNobodyElse(record, ownLabels));
  const shown = await withoutTrials(client, destinationId, ours);
  const known = await lockKnown(client, connectorId);
  const unsettled = await readUnsettled(client, destinationId, shown);
  const strangers = shown.filter(
    (record) => known.has(record.remoteId) || !unsettled.has(keyOf(record) ?? ""),
  );
  const chosen = chooseKept(strangers, known);
  const duplicates = await readDuplicates(client, destinationId, chosen);
  const kept = chosen.map((record) => toRow(record, duplicates.has(keyOf(record) ?? "")));
  await client.query(
    `INSERT INTO stranger AS known (connector_id, team_id, remote_id, type, value, shown, shown_hash, is_duplicate, found_at)
     SELECT $2, $3, s.remote_id, s.type, s.value, s.shown, decode(s.shown_hash, 'hex'), s.is_duplicate, $4 FROM ${ROWS}
     ON CONFLICT (connector_id, remote_id) DO UPDATE SET
       type = excluded.type, value = excluded.value, shown = excluded.shown, shown_hash = excluded.shown_hash,
       is_duplicate = excluded.is_duplicate, gone_at = NULL,
       ${["choice", "decided_by", "decided_by_name", "decided_at"].map((column) => `${column} = CASE WHEN ${IS_NEW} THEN NULL ELSE known.${column} END`).join(", ")}`,
    [JSON.stringify(kept), connectorId, teamId, now],
  );
  await endAdopted(client, connectorId, now);
  await endAnew(client, { connectorId, destinationId, teamId, kept: chosen, now });
  const shownIds = shown.map(({ remoteId }) => remoteId);
  await concludeRemovals(client, { connectorId, teamId, startedAt, shownIds, now });
  await client.query("UPDATE connector SET strangers = $2 WHERE id = $1", [
    connectorId,
    JSON.stringify({ count: strangers.length }),
  ]);
};

type Unseen = Pick<Options, "connectorId" | "destinationId" | "startedAt"> & {
  shown: readonly RemoteRecord[];
};

/** The remote ids of what was kept before and a list did not show. */
export const listUnseenStrangers = async (
  client: PoolClient,
  { connectorId, destinationId, startedAt, shown }: Unseen,
): Promise<string[]> => {
  const unseen = await client.query<{ remoteId: string }>(
    `SELECT remote_id AS "remoteId" FROM stranger WHERE connector_id = $1 AND gone_at IS NULL
       AND (removed_at IS NULL OR removed_at < $2) AND NOT remote_id = ANY ($3::text[])`,
    [connectorId, startedAt, shown.map(({ remoteId }) => remoteId)],
  );
  const remoteIds = unseen.rows.map(({ remoteId }) => remoteId);
  if (remoteIds.length === 0) return [];
  // What became ours, as what is adopted does, is no stranger because of that, and not because it is not there.
  const own = await client.query<{ remoteId: string }>(OWN_REMOTE_IDS_AMONG, [destinationId, remoteIds]);
  const ownIds = new Set(own.rows.map(({ remoteId }) => remoteId));
  return remoteIds.filter((remoteId) => !ownIds.has(remoteId));
};

const lockKnown = async (client: PoolClient, connectorId: string): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ remoteId: string }>(
    `SELECT remote_id AS "remoteId" FROM stranger WHERE connector_id = $1 ORDER BY remote_id FOR UPDATE`,
    [connectorId],
  );
  return new Set(rows.map(({ remoteId }) => remoteId));
};

/** Those that were kept before, so that no decision is lost among very many, and of the others as many as there is room for. */
const chooseKept = (strangers: readonly RemoteRecord[], known: ReadonlySet<string>): RemoteRecord[] => {
  const before = strangers.filter(({ remoteId }) => known.has(remoteId));
  const others = strangers.filter(({ remoteId }) => !known.has(remoteId));
  return [...before, ...others.slice(0, Math.max(0, MOST_KEPT - before.length))];
};

const ROWS = `jsonb_to_recordset($1::jsonb) AS s (remote_id text, type smallint, value text, shown jsonb, shown_hash text, is_duplicate boolean)`;

/** What was ignored as it stood then, or is there again after it was gone, is to be decided about anew. */
const IS_NEW =
  "known.gone_at IS NOT NULL OR (known.choice = 'ignore' AND known.shown_hash <> excluded.shown_hash)";

/** The team's own, by its name of today and those of before. */
const readOwnLabels = async (client: PoolClient, teamId: string): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ name: string; former: string[] }>(
    `SELECT t.name, ${formerNamesOf("t")} AS former FROM team t WHERE t.id = $1`,
    [teamId],
  );
  return new Set(rows.flatMap(({ name, former }) => [name, ...former]).map((name) => `${TEAM}${name}`));
};

/** What names other teams at a workspace that several share is theirs: this team is neither shown it nor asked about it. */
const isOfNobodyElse = ({ labels }: RemoteRecord, ownLabels: ReadonlySet<string>): boolean => {
  const teams = labels.filter((label) => label.startsWith(TEAM));
  return teams.length === 0 || teams.some((label) => ownLabels.has(label));
};

const TEAM = "team:";

/** The keys of those values of which a record of ours stands there as well, or is still shown. */
const readDuplicates = async (
  client: PoolClient,
  destinationId: string,
  strangers: readonly RemoteRecord[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ key: string }>(
    `SELECT i.key FROM indicator i WHERE i.key = ANY ($2::uuid[]) AND (EXISTS (
       SELECT FROM remote_record r WHERE r.destination_id = $1 AND r.indicator_id = i.id
         AND r.state IN ('live', 'orphaned') AND (r.visible_at IS NOT NULL OR r.content_hash IS NULL)
     ) OR EXISTS (
       SELECT FROM receipt x JOIN connector c ON c.id = x.connector_id
       WHERE c.destination_id = $1 AND x.indicator_id = i.id AND x.remote_id IS NOT NULL
         AND (x.state = 'withdrawing' OR x.still_shown)))`,
    [destinationId, strangers.flatMap((record) => keyOf(record) ?? [])],
  );
  return new Set(rows.map(({ key }) => key));
};

/** The keys of those values of which something was sent and not answered: what stands there may be what we sent. */
const readUnsettled = async (
  client: PoolClient,
  destinationId: string,
  shown: readonly RemoteRecord[],
): Promise<ReadonlySet<string>> => {
  const { rows } = await client.query<{ key: string }>(
    `SELECT i.key FROM indicator i WHERE i.key = ANY ($2::uuid[]) AND ${isUnsettled("$1::uuid", "i.id")}`,
    [destinationId, shown.flatMap((record) => keyOf(record) ?? [])],
  );
  return new Set(rows.map(({ key }) => key));
};

const keyOf = ({ type, value }: RemoteRecord): string | null =>
  type === null ? null : indicatorId(type, value);

const toRow = (record: RemoteRecord, isDuplicate: boolean) => {
  const { remoteId, type, value, stixId, externalId, madeAt, tlp } = record;
  const { by, at, ...words } = toKept(record);
  return {
    remote_id: remoteId,
    type: type === null ? null : indicatorTypeCode(type),
    value,
    shown: { ...words, by, at, stixId, externalId, madeAt: madeAt?.toISOString() ?? null, tlp },
    shown_hash: hash("sha256", JSON.stringify(words), "hex"),
    is_duplicate: isDuplicate,
  };
};

/** What was adopted stands as a record of ours by now: at Sentinel its old one is left beside it, and is ended. */
const endAdopted = async (client: PoolClient, connectorId: string, now: Date): Promise<void> => {
  await client.query(
    `UPDATE stranger SET removing_since = $2
     WHERE connector_id = $1 AND choice = 'adopt' AND is_duplicate AND removing_since IS NULL AND removal_tries = 0`,
    [connectorId, now],
  );
};

type Anew = Pick<Options, "connectorId" | "destinationId" | "teamId" | "now"> & {
  kept: readonly RemoteRecord[];
};

/**
 * What we deleted ourselves, to make it anew under another action or other device groups, and is there all the same: that it goes was
 * decided, so it is removed another way.
 */
const endAnew = async (
  client: PoolClient,
  { connectorId, destinationId, teamId, kept, now }: Anew,
): Promise<void> => {
  const { rows: ended } = await client.query<{ remoteId: string }>(ENDED_IDS_AMONG, [
    destinationId,
    kept.map(({ remoteId }) => remoteId),
  ]);
  if (ended.length === 0) return;
  const { rows: records } = await client.query<{ remoteId: string; value: string }>(
    `UPDATE stranger SET choice = 'remove', decided_at = $3, removing_since = $3, removal_tries = 1
     WHERE connector_id = $1 AND remote_id = ANY ($2) AND choice IS NULL AND removing_since IS NULL AND removal_tries = 0
     RETURNING remote_id AS "remoteId", value`,
    [connectorId, ended.map(({ remoteId }) => remoteId), now],
  );
  if (records.length === 0) return;
  const subject = { type: "connector", id: connectorId };
  const detail = { count: records.length, records: records.slice(0, 20), because: DELETED_BEFORE };
  await recordAuditSql(client, { teamId, doer: SYSTEM, action: "stranger.remove", subject, detail }, now);
};

const DELETED_BEFORE = "Its deletion was accepted when it was made anew, and it still stands.";

/** `shownIds`: of all that are there, kept or not. */
type Removals = Pick<Options, "connectorId" | "teamId" | "startedAt" | "now"> & {
  shownIds: readonly string[];
};

const concludeRemovals = async (
  client: PoolClient,
  { connectorId, teamId, startedAt, shownIds, now }: Removals,
): Promise<void> => {
  const gone = await client.query<{ remoteId: string }>(
    `UPDATE stranger k SET gone_at = $3, removing_since = NULL, problem = NULL
     WHERE connector_id = $2 AND removed_at < $4 AND gone_at IS NULL
       AND NOT EXISTS (SELECT FROM ${SHOWN} WHERE s.remote_id = k.remote_id) RETURNING remote_id AS "remoteId"`,
    [shownIds, connectorId, now, startedAt],
  );
  await client.query(
    `DELETE FROM stranger k WHERE connector_id = $2 AND (gone_at < $3::timestamptz - interval '7 days' OR (
       removed_at IS NULL AND NOT EXISTS (SELECT FROM ${SHOWN} WHERE s.remote_id = k.remote_id)))`,
    [shownIds, connectorId, now],
  );
  await client.query(
    `UPDATE stranger SET removing_since = CASE WHEN removal_tries < $3 THEN $2::timestamptz END,
       problem = CASE WHEN removal_tries < $3 THEN problem ELSE $4 END
     WHERE connector_id = $1 AND gone_at IS NULL AND removed_at < $5::timestamptz - make_interval(mins => $6)
       AND (removing_since IS NULL OR removing_since <= removed_at)`,
    [connectorId, now, MOST_REMOVALS, NEVER_CONFIRMED, startedAt, PATIENCE_MINUTES],
  );
  if (gone.rows.length > 0) {
    const subject = { type: "connector", id: connectorId };
    const detail = {
      count: gone.rows.length,
      records: gone.rows.slice(0, 20).map(({ remoteId }) => remoteId),
    };
    await recordAuditSql(client, { teamId, doer: SYSTEM, action: "stranger.gone", subject, detail }, now);
  }
  const { rowCount: due } = await client.query(
    `SELECT FROM stranger WHERE connector_id = $1 AND ${IS_TO_BE_REMOVED} LIMIT 1`,
    [connectorId],
  );
  if (due) await announceSql(client, strangerRemoval, { connectorId });
};

const SHOWN = "unnest($1::text[]) AS s (remote_id)";

/** Somebody started its removal, and no request for it left since. */
export const IS_TO_BE_REMOVED =
  "removing_since IS NOT NULL AND gone_at IS NULL AND (removed_at IS NULL OR removed_at < removing_since)";

/** Destinations show a removal within some minutes. */
const PATIENCE_MINUTES = 5;
const NEVER_CONFIRMED =
  "Not confirmed: the destination accepted its removal in each way there is, and still shows it. Remove it in Microsoft's portal.";
