import "server-only";

import { hash } from "node:crypto";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { describeDrift, type ShownRecord } from "@/lib/domain/delivery/drift";

/** What should be seen when a connector's destination is read back. */
export type Awaited = {
  /** By remote id: records that were accepted but not seen yet. */
  accepted: ReadonlyMap<string, AwaitedRecord>;
  /** By remote id: indicators whose removal was accepted but not seen yet. */
  withdrawn: ReadonlyMap<string, string>;
  /** The connectors whose applications made the awaited records: each sees only its own. */
  ownerIds: readonly string[];
};

type AwaitedRecord = {
  recordId: string;
  action: string | null;
  severity: string | null;
  expiresAt: Date | null;
};

/**
 * What of a connector's receipts is still to be confirmed. Removals that nothing can confirm are taken as done, and what drifted
 * waits for a plan.
 */
export const readAwaited = async (client: PoolClient, connectorId: string): Promise<Awaited> => {
  const accepted = await client.query<AwaitedRecord & { remoteId: string; ownerId: string }>(
    `SELECT r.id AS "recordId", r.remote_id AS "remoteId", r.action, r.severity, r.expires_at AS "expiresAt",
       r.owner_connector_id AS "ownerId"
     FROM receipt x
     JOIN claim c ON c.connector_id = x.connector_id AND c.indicator_id = x.indicator_id
     JOIN remote_record r ON r.id = c.record_id
     WHERE x.connector_id = $1 AND x.state = 'accepted' AND x.drift IS NULL AND r.state = 'live'
       AND r.remote_id IS NOT NULL`,
    [connectorId],
  );
  const withdrawn = await client.query<{ indicatorId: string; remoteId: string }>(
    `SELECT x.indicator_id AS "indicatorId", x.remote_id AS "remoteId"
     FROM receipt x JOIN push_item i ON i.push_id = x.push_id AND i.indicator_id = x.indicator_id
     WHERE x.connector_id = $1 AND x.state = 'withdrawing' AND i.state = 'removed' AND x.remote_id IS NOT NULL`,
    [connectorId],
  );
  return {
    accepted: new Map(accepted.rows.map(({ remoteId, ...record }) => [remoteId, record])),
    withdrawn: new Map(withdrawn.rows.map(({ remoteId, indicatorId }) => [remoteId, indicatorId])),
    ownerIds: [...new Set([connectorId, ...accepted.rows.map(({ ownerId }) => ownerId)])],
  };
};

/** Whether a listed record is as we last sent it. */
export const isAsSent = (listed: RemoteRecord, sent: AwaitedRecord): boolean =>
  !listed.isRevoked && describeDrift({ ...sent, textHash: null }, toShown(listed)).length === 0;

/** What can be compared of a listed record. Its texts are told apart by a hash: vendors may shorten what was sent. */
export const toShown = ({ action, severity, expiresAt, title, description }: RemoteRecord): ShownRecord => ({
  action,
  severity,
  expiresAt,
  textHash: hash("sha256", JSON.stringify([title, description]), "hex"),
});

/** A record that is seen as sent, and how its texts are shown. */
export type SeenRecord = { recordId: string; textHash: string | null };

/** Marks records as seen, for every connector that claims them. */
export const markVisible = async (
  client: PoolClient,
  seen: readonly SeenRecord[],
  now: Date,
): Promise<void> => {
  if (seen.length === 0) return;
  const recordIds = seen.map(({ recordId }) => recordId);
  await client.query("SELECT FROM remote_record WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", [
    recordIds,
  ]);
  await client.query(
    `UPDATE remote_record r SET visible_at = $3, shown_hash = decode(s.hash, 'hex')
     FROM unnest($1::uuid[], $2::text[]) AS s (id, hash)
     WHERE r.id = s.id AND r.state = 'live' AND r.visible_at IS NULL`,
    [recordIds, seen.map(({ textHash }) => textHash), now],
  );
  await client.query(
    `UPDATE receipt x SET state = 'visible', visible_at = $2, reason = NULL, changed_at = $2
     FROM (
       SELECT y.connector_id, y.indicator_id FROM claim c
       JOIN receipt y ON y.connector_id = c.connector_id AND y.indicator_id = c.indicator_id
       WHERE c.record_id = ANY ($1::uuid[]) AND y.state = 'accepted'
       ORDER BY y.connector_id, y.indicator_id FOR UPDATE OF y
     ) seen
     WHERE x.connector_id = seen.connector_id AND x.indicator_id = seen.indicator_id`,
    [recordIds, now],
  );
};

/** Marks a connector's removals as confirmed, and says of the others that they were still seen. */
export const markGone = async (
  client: PoolClient,
  connectorId: string,
  { goneIds, standingIds }: { goneIds: readonly string[]; standingIds: readonly string[] },
  now: Date,
): Promise<void> => {
  await client.query(
    `UPDATE receipt SET state = 'gone', gone_at = $3, reason = NULL, changed_at = $3
     WHERE connector_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'withdrawing'`,
    [connectorId, goneIds, now],
  );
  await client.query(
    `UPDATE receipt SET reason = $3, changed_at = $4
     WHERE connector_id = $1 AND indicator_id = ANY ($2::bigint[]) AND state = 'withdrawing'`,
    [connectorId, standingIds, NOT_CONFIRMED, now],
  );
};

const NOT_CONFIRMED =
  "The destination accepted the removal, but still shows the record. It is read again until it is gone.";
