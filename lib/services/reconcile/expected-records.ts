import "server-only";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { isUnsettled } from "@/lib/db/queries/is-sending";
import { OWN_REMOTE_IDS_AMONG } from "@/lib/db/queries/own-remote-ids";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { Altered, DriftField, ShownRecord } from "@/lib/domain/delivery/drift";

import { PATIENCE_HOURS } from "@/lib/services/delivery/announce-unconfirmed";
import { SHOULD, toShould, type ShouldRow } from "@/lib/services/delivery/should-stand";

/** A record that a connector's application made and that should stand at its destination. */
export type ExpectedRecord = ShownRecord & {
  recordId: string;
  indicatorId: string;
  scope: string;
  remoteId: string;
  /** It was seen there as it was sent. */
  isConfirmed: boolean;
  /** It was found changed already, and waits for a plan. */
  isChanged: boolean;
  isOrphaned: boolean;
  acceptedAt: Date | null;
  /** When it was last sent again because its destination had not published it, and when that was last answered as taken. */
  refreshedAt: Date | null;
  refreshTakenAt: Date | null;
};

/** Whose destination is compared, and since when. */
export type Compared = {
  connectorId: string;
  destinationId: string;
  clientId: string;
  kind: ConnectorKind;
  /** By the database's clock: what was accepted later is not compared, since what is shown may be older. */
  startedAt: Date;
};

/** What is known of listed records. */
export type KnownRecords = {
  /** By remote id, whether they should stand or not. */
  records: ReadonlyMap<string, ExpectedRecord & { isExpected: boolean }>;
  /** Remote ids of what is ours, whatever connector sent it. */
  ownIds: ReadonlySet<string>;
};

/** What is known of the listed records of a page. */
export const readListed = async (
  client: PoolClient,
  compared: Compared,
  remoteIds: readonly string[],
): Promise<KnownRecords> => {
  const { rows } = await client.query<Row & { isExpected: boolean }>(
    `SELECT ${FIELDS}, (${isExpected(compared.kind)}) AS "isExpected" FROM ${RECORDS}
     WHERE r.destination_id = $5 AND r.remote_id = ANY ($6) AND r.state IN ('live', 'orphaned')`,
    [...valuesOf(compared), remoteIds],
  );
  const own = await client.query<{ remoteId: string }>(
    `SELECT o."remoteId" FROM (${OWN_REMOTE_IDS_AMONG}) o`,
    [compared.destinationId, remoteIds],
  );
  return {
    records: new Map(rows.map((row) => [row.remoteId, toExpected(row)])),
    ownIds: new Set(own.rows.map(({ remoteId }) => remoteId)),
  };
};

/**
 * A stretch of the records that should stand now and that the connector's application may look after, in order: at Defender those that
 * it made, at Sentinel, where any may write, those that the connector has a claim on. Left out is what ends in a moment, which the
 * destination's clock may have ended already, what was sent so lately that it need not be shown yet, and what was not answered.
 */
export const readStretch = async (
  client: PoolClient,
  compared: Compared,
  after: Pick<ExpectedRecord, "indicatorId" | "scope">,
): Promise<{ records: ExpectedRecord[]; isLast: boolean }> => {
  const { rows } = await client.query<Row>(
    `SELECT ${FIELDS} FROM ${RECORDS}
     WHERE r.destination_id = $5 AND (r.indicator_id, r.scope) > ($6::bigint, $7::text) AND ${isExpected(compared.kind)}
     ORDER BY r.indicator_id, r.scope LIMIT $8`,
    [...valuesOf(compared), after.indicatorId, after.scope, STRETCH],
  );
  return { records: rows.map(toExpected), isLast: rows.length < STRETCH };
};

const STRETCH = 5_000;

type Row = Omit<ExpectedRecord, keyof Altered> & ShouldRow;

const toExpected = <T extends Row>({ should, ...row }: T) => ({ ...row, ...toShould({ ...row, should }) });

const RECORDS = "remote_record r JOIN destination d ON d.id = r.destination_id";

const FIELDS = `r.id AS "recordId", r.indicator_id AS "indicatorId", r.scope, r.remote_id AS "remoteId", ${SHOULD},
  encode(r.shown_hash, 'hex') AS "textHash", r.visible_at IS NOT NULL AS "isConfirmed",
  r.content_hash IS NULL AS "isChanged", r.state = 'orphaned' AS "isOrphaned", r.accepted_at AS "acceptedAt",
  r.refreshed_at AS "refreshedAt", r.refresh_taken_at AS "refreshTakenAt"`;

const isExpected = (
  kind: ConnectorKind,
): string => `${kind === "defender" ? "r.owner_connector_id = $1 AND r.owner_client_id = $2" : CLAIMED}
  AND r.state IN ('live', 'orphaned') AND r.remote_id IS NOT NULL AND (r.accepted_at IS NULL OR r.accepted_at < $4::timestamptz)
  AND (r.expires_at IS NULL OR r.expires_at > now() + interval '5 minutes')
  AND (r.visible_at IS NOT NULL OR r.content_hash IS NULL OR r.accepted_at < now() - make_interval(hours => $3))
  AND NOT ${isUnsettled("r.destination_id", "r.indicator_id")}`;

const CLAIMED =
  "$2::uuid IS NOT NULL AND EXISTS (SELECT FROM claim c WHERE c.record_id = r.id AND c.connector_id = $1)";

const valuesOf = ({ connectorId, clientId, startedAt, destinationId }: Compared) => [
  ...[connectorId, clientId, PATIENCE_HOURS, startedAt, destinationId],
];

/** What drifted of one record: how it stands now, or that it does not, with the sentence for people. */
export type Drift = { recordId: string; acceptedAt: Date | null; reason: string } & (
  | { kind: "removed" | "revoked" }
  | {
      kind: "changed" | "ended";
      listed: RemoteRecord;
      changes: DriftField[];
      textHash: string | null;
      altered: Partial<Altered>;
    }
);

/** Whether nothing of it stands any more. */
export const isGone = ({ kind }: Drift): boolean => kind === "removed" || kind === "revoked";

/** A connector with what drifted of its own. */
export type TouchedConnector = { connectorId: string; teamId: string; removed: number; changed: number };

/**
 * Writes down what drifted, for every connector that has a claim on it: what was removed stands for nobody any more, what was
 * changed is no longer as sent. The next plan of each puts it right. Receipts that a push is about to write are left to it.
 */
export const markDrift = async (
  client: PoolClient,
  drifts: readonly Drift[],
  now: Date,
): Promise<TouchedConnector[]> => {
  if (drifts.length === 0) return [];
  const rows = JSON.stringify((await lockUntouched(client, drifts)).map(toRow));
  await client.query(
    `UPDATE remote_record r SET state = 'gone', gone_at = $2, owner_connector_id = NULL, owner_client_id = NULL,
       remote_id = NULL, content_hash = NULL, action = NULL, severity = NULL, expires_at = NULL, visible_at = NULL,
       unpublished_since = NULL, epoch = r.epoch + d.is_revoked::int
     FROM ${ROWS} WHERE r.id = d.record_id AND d.is_removed`,
    [rows, now],
  );
  await client.query(
    `UPDATE remote_record r SET state = 'live', content_hash = NULL, visible_at = NULL, action = coalesce(d.action, r.action),
       severity = coalesce(d.severity, r.severity), expires_at = d.expires_at, shown_hash = decode(d.text_hash, 'hex'),
       altered = d.altered, unpublished_since = NULL, modified_at = greatest(r.modified_at, d.modified_at)
     FROM ${ROWS} WHERE r.id = d.record_id AND NOT d.is_removed AND r.state IN ('live', 'orphaned')`,
    [rows],
  );
  await client.query(
    `UPDATE receipt x SET drift = s.reason, drift_shown = s.shown || ${ALL_CHANGES}, drift_choice = NULL, reason = s.reason, changed_at = $2,
       visible_at = CASE WHEN s.is_removed THEN x.visible_at END, gone_at = CASE WHEN s.is_removed THEN $2::timestamptz END,
       state = (CASE WHEN s.is_removed THEN 'gone' ELSE 'accepted' END)::receipt_state
     FROM (
       SELECT y.connector_id, y.indicator_id, d.reason, d.shown, d.is_removed FROM ${ROWS}
       JOIN claim c ON c.record_id = d.record_id
       JOIN receipt y ON y.connector_id = c.connector_id AND y.indicator_id = c.indicator_id
       WHERE y.state NOT IN ('pending', 'withdrawing')
       ORDER BY y.connector_id, y.indicator_id FOR UPDATE OF y
     ) s
     WHERE x.connector_id = s.connector_id AND x.indicator_id = s.indicator_id`,
    [rows, now],
  );
  const touched = await client.query<TouchedConnector>(
    `SELECT c.connector_id AS "connectorId", c.team_id AS "teamId", count(*) FILTER (WHERE d.is_removed)::int AS removed,
       count(*) FILTER (WHERE NOT d.is_removed)::int AS changed
     FROM ${ROWS} JOIN claim c ON c.record_id = d.record_id GROUP BY 1, 2 ORDER BY 1`,
    [rows],
  );
  await client.query(`DELETE FROM claim c USING ${ROWS} WHERE c.record_id = d.record_id AND d.is_removed`, [
    rows,
  ]);
  return touched.rows;
};

/** What was changed before and nobody decided about is still changed. */
const ALL_CHANGES = `jsonb_build_object('changes', (
  SELECT coalesce(jsonb_agg(DISTINCT field), '[]') FROM (
    SELECT jsonb_array_elements(coalesce(s.shown->'changes', '[]')) AS field
    UNION ALL SELECT jsonb_array_elements(coalesce(x.drift_shown->'changes', '[]')) WHERE x.drift IS NOT NULL
  ) changed))`;

/** Those that nothing was sent of since they were expected. One order for everybody: records, then receipts, each by its key. */
export const lockUntouched = async <T extends Pick<Drift, "recordId" | "acceptedAt">>(
  client: PoolClient,
  some: readonly T[],
): Promise<T[]> => {
  const { rows } = await client.query<{ id: string; acceptedAt: Date | null }>(
    `SELECT id, accepted_at AS "acceptedAt" FROM remote_record
     WHERE id = ANY ($1::uuid[]) AND state IN ('live', 'orphaned') AND NOT ${isUnsettled("remote_record.destination_id", "remote_record.indicator_id")}
     ORDER BY id FOR UPDATE`,
    [some.map(({ recordId }) => recordId)],
  );
  const acceptedAt = new Map(rows.map((row) => [row.id, row.acceptedAt?.getTime() ?? null]));
  return some.filter((one) => acceptedAt.get(one.recordId) === (one.acceptedAt?.getTime() ?? null));
};

const toRow = (drift: Drift) => ({
  record_id: drift.recordId,
  reason: drift.reason,
  is_removed: isGone(drift),
  is_revoked: drift.kind === "revoked",
  shown: { kind: drift.kind, ...("listed" in drift && { ...toKept(drift.listed), changes: drift.changes }) },
  ...("listed" in drift && {
    action: drift.listed.action,
    severity: drift.listed.severity,
    expires_at: drift.listed.expiresAt?.toISOString() ?? null,
    text_hash: drift.textHash,
    altered: drift.altered,
    // What puts it right has to be newer.
    modified_at: drift.listed.updatedAt?.toISOString() ?? null,
  }),
});

/** How a record is shown, as it is kept for people to decide about. */
export const toKept = (listed: RemoteRecord) => ({
  action: listed.action,
  severity: listed.severity,
  expiresAt: listed.expiresAt?.toISOString() ?? null,
  title: listed.title,
  description: listed.description,
  by: listed.updatedBy,
  at: listed.updatedAt?.toISOString() ?? null,
});

const ROWS = `jsonb_to_recordset($1::jsonb) AS d (record_id uuid, reason text, is_removed boolean, is_revoked boolean, shown jsonb,
  action text, severity text, expires_at timestamptz, text_hash text, altered jsonb, modified_at timestamptz)`;

/** Its maker can be used again: what was orphaned is not any more. Gives whether anything was. */
export const reviveOrphans = async (client: PoolClient, recordIds: readonly string[]): Promise<boolean> => {
  if (recordIds.length === 0) return false;
  const { rowCount } = await client.query(
    `UPDATE remote_record r SET state = 'live' FROM (
       SELECT id FROM remote_record WHERE id = ANY ($1::uuid[]) AND state = 'orphaned' ORDER BY id FOR UPDATE
     ) orphaned WHERE r.id = orphaned.id`,
    [recordIds],
  );
  return (rowCount ?? 0) > 0;
};

/** Its maker cannot be used: nobody can change what it made, which administrators are shown. */
export const orphanAll = async (client: PoolClient, connectorId: string): Promise<void> => {
  await client.query(
    `UPDATE remote_record r SET state = 'orphaned' FROM (
       SELECT id FROM remote_record WHERE owner_connector_id = $1 AND state = 'live' ORDER BY id FOR UPDATE
     ) own WHERE r.id = own.id`,
    [connectorId],
  );
};
