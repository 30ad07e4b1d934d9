import "server-only";

import { hash } from "node:crypto";

import type { PoolClient } from "pg";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { describeDrift, type ShownRecord } from "@/lib/domain/delivery/drift";

import {
  SHOULD,
  toShould,
  toShownRecord,
  toStoredAltered,
  type ShouldRow,
  type StoredAltered,
} from "./should-stand";

/** What a connector waits to see at its destination; which records these are is asked page by page. */
export type Awaited = {
  /** By the database's clock: what was accepted before that is looked for. */
  startedAt: Date;
  accepted: number;
  withdrawn: number;
  /** The connectors whose applications made the awaited records: each sees only its own. */
  ownerIds: readonly string[];
  /** Those of them without whom nobody can say that what was withdrawn is gone. */
  enderIds: readonly string[];
};

export type AwaitedRecord = Omit<ShownRecord, "textHash"> & {
  recordId: string;
  acceptedAt: Date | null;
  modifiedAt: Date | null;
  /** How it was found changed before it was last sent, where it was never seen as sent since. */
  foundBefore: StoredAltered;
  /** Our time of the version that was accepted; null where the destination does not keep that. */
  statedAt: Date | null;
};

// What drifted waits for a plan.
const ACCEPTED = `receipt x
  JOIN claim c ON c.connector_id = x.connector_id AND c.indicator_id = x.indicator_id
  JOIN remote_record r ON r.id = c.record_id AND r.state = 'live' AND r.remote_id IS NOT NULL
  WHERE x.connector_id = $1 AND x.state = 'accepted' AND x.drift IS NULL`;
const WITHDRAWN = `receipt x
  WHERE x.connector_id = $1 AND x.state = 'withdrawing' AND x.removed_at IS NOT NULL AND x.remote_id IS NOT NULL`;

// The record that was withdrawn may have been made by the application of another team that had a claim on it.
const ENDERS = `ARRAY(
  SELECT DISTINCT c.id FROM (SELECT x.indicator_id, x.remote_id FROM ${WITHDRAWN}) gone
  JOIN connector mine ON mine.id = $1 AND mine.kind = 'defender'
  JOIN connector c ON c.destination_id = mine.destination_id AND c.id <> $1 AND c.deleted_at IS NULL
  JOIN receipt other ON other.connector_id = c.id AND other.indicator_id = gone.indicator_id AND other.remote_id = gone.remote_id)`;

/** How much of a connector's is still to be confirmed, and who has to look. */
export const readAwaited = async (client: PoolClient, connectorId: string): Promise<Awaited> => {
  const { rows } = await client.query<
    Omit<Awaited, "ownerIds" | "enderIds"> & { owners: string[]; enders: string[] }
  >(
    `SELECT clock_timestamp()::timestamptz(3) AS "startedAt", (SELECT count(*)::int FROM ${ACCEPTED}) AS accepted,
       (SELECT count(*)::int FROM ${WITHDRAWN}) AS withdrawn,
       ARRAY(SELECT DISTINCT r.owner_connector_id FROM ${ACCEPTED} AND r.owner_connector_id IS NOT NULL) AS owners, ${ENDERS} AS enders`,
    [connectorId],
  );
  const [row] = rows;
  if (!row) throw new Error("A question without rows was not answered.");
  const { owners, enders, ...awaited } = row;
  const enderIds = [connectorId, ...enders];
  return { ...awaited, ownerIds: [...new Set([...enderIds, ...owners])], enderIds };
};

/** The remote ids of what a connector waits for. */
export const listAwaitedIds = async (
  client: PoolClient,
  connectorId: string,
): Promise<{ accepted: string[]; withdrawn: string[] }> => {
  const { rows } = await client.query<{ accepted: string[]; withdrawn: string[] }>(
    `SELECT ARRAY(SELECT r.remote_id FROM ${ACCEPTED}) AS accepted, ARRAY(SELECT x.remote_id FROM ${WITHDRAWN}) AS withdrawn`,
    [connectorId],
  );
  const [row] = rows;
  if (!row) throw new Error("A question without rows was not answered.");
  return row;
};

export type AwaitedOnPage = {
  /** By remote id: records that were accepted but not seen yet. */
  accepted: ReadonlyMap<string, AwaitedRecord>;
  /** Remote ids whose removal was accepted but not seen yet. */
  withdrawn: ReadonlySet<string>;
};

/**
 * What of the listed records a connector waits for. Not what was accepted since the reading began: what is shown may be what stood
 * there before.
 */
export const findAwaited = async (
  client: PoolClient,
  { connectorId, startedAt }: { connectorId: string; startedAt: Date },
  remoteIds: readonly string[],
): Promise<AwaitedOnPage> => {
  const accepted = await client.query<
    ShouldRow &
      Pick<AwaitedRecord, "recordId" | "acceptedAt" | "modifiedAt" | "statedAt"> & {
        remoteId: string;
        foundBefore: unknown;
      }
  >(
    `SELECT r.id AS "recordId", r.remote_id AS "remoteId", r.accepted_at AS "acceptedAt", r.modified_at AS "modifiedAt",
       CASE WHEN d.kind = 'sentinel' THEN r.modified_at END AS "statedAt", r.altered AS "foundBefore", ${SHOULD}
     FROM destination d, ${ACCEPTED} AND d.id = r.destination_id
       AND r.remote_id = ANY ($2) AND (r.accepted_at IS NULL OR r.accepted_at < $3)
       AND r.destination_id = (SELECT destination_id FROM connector WHERE id = $1)`,
    [connectorId, remoteIds, startedAt],
  );
  const withdrawn = await client.query<{ remoteId: string }>(
    `SELECT x.remote_id AS "remoteId" FROM ${WITHDRAWN} AND x.remote_id = ANY ($2)`,
    [connectorId, remoteIds],
  );
  return {
    accepted: new Map(
      accepted.rows.map(({ remoteId, recordId, acceptedAt, modifiedAt, statedAt, foundBefore, ...row }) => [
        remoteId,
        {
          ...{ recordId, acceptedAt, modifiedAt, statedAt, foundBefore: toStoredAltered(foundBefore) },
          ...toShould(row),
        },
      ]),
    ),
    withdrawn: new Set(withdrawn.rows.map(({ remoteId }) => remoteId)),
  };
};

/** Whether a listed record is as we last sent it, and not as it stood before: a list may lag behind what is written. */
export const isAsSent = (listed: RemoteRecord, sent: AwaitedRecord): boolean =>
  !listed.isRevoked &&
  !isOlder(listed.updatedAt, sent.statedAt) &&
  describeDrift({ ...sent, textHash: null }, toShown(listed)).length === 0;

/** Whether a listed record still matches anything. */
export const isHolding = ({ isRevoked, expiresAt }: RemoteRecord, now: Date): boolean =>
  !isRevoked && (expiresAt === null || expiresAt > now);

/** Times may lose their fractions on the way. */
const isOlder = (shown: Date | null, sent: Date | null): boolean => {
  if (shown === null || sent === null) return false;
  return shown.getTime() < sent.getTime() - (shown.getMilliseconds() === 0 ? sent.getMilliseconds() : 0);
};

/** What can be compared of a listed record. Its texts are told apart by a hash: vendors may shorten what was sent. */
export const toShown = (listed: RemoteRecord): ShownRecord => ({
  ...toShownRecord(listed),
  textHash: hashTexts(listed.title, listed.description),
});

/** Tells the texts of a record, as they are shown, from others. */
export const hashTexts = (title: string | null, description: string | null): string =>
  hash("sha256", JSON.stringify([title, description]), "hex");

/** A record that is seen as sent, how its texts are shown, and when it was written by the destination's clock. */
export type SeenRecord = { recordId: string; textHash: string | null; updatedAt: Date | null };

/**
 * Marks records as seen, for every connector that claims them; gives how many. Not those that a batch, which held them meanwhile, wrote
 * anew: what was seen of these is what stood there before.
 */
export const markVisible = async (
  client: PoolClient,
  seen: readonly SeenRecord[],
  { startedAt, now }: { startedAt: Date; now: Date },
): Promise<number> => {
  if (seen.length === 0) return 0;
  // Whoever waits for a lock has the row judged once more as it is by then.
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM remote_record
     WHERE id = ANY ($1::uuid[]) AND state = 'live' AND (accepted_at IS NULL OR accepted_at < $2)
     ORDER BY id FOR UPDATE`,
    [seen.map(({ recordId }) => recordId), startedAt],
  );
  const recordIds = rows.map(({ id }) => id);
  await client.query(
    // What is shown late after the next writing is no newer than this.
    `UPDATE remote_record r SET visible_at = $3, shown_hash = decode(s.hash, 'hex'), modified_at = greatest(r.modified_at, s.updated_at),
       altered = CASE WHEN r.content_hash IS NULL THEN r.altered END
     FROM unnest($1::uuid[], $2::text[], $5::timestamptz[]) AS s (id, hash, updated_at)
     WHERE r.id = s.id AND r.id = ANY ($4::uuid[]) AND r.visible_at IS NULL`,
    [
      ...[seen.map(({ recordId }) => recordId), seen.map(({ textHash }) => textHash)],
      ...[now, recordIds, seen.map(({ updatedAt }) => updatedAt)],
    ],
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
  return recordIds.length;
};

type Stretch = {
  connectorId: string;
  startedAt: Date;
  /** Remote ids of those that were looked for; null: all were. */
  askedFor: readonly string[] | null;
  after: string;
};

/** `last`: where the next stretch begins; null when this was the last. */
export type WithdrawnStretch = { remoteIds: string[]; last: string | null };

/** The remote ids of a stretch of a connector's removals. */
export const readWithdrawn = async (
  client: PoolClient,
  { connectorId, startedAt, askedFor, after }: Stretch,
): Promise<WithdrawnStretch> => {
  const { rows } = await client.query<{ indicatorId: string; remoteId: string }>(
    `SELECT x.indicator_id AS "indicatorId", x.remote_id AS "remoteId" FROM ${WITHDRAWN} AND x.removed_at <= $2
       AND x.indicator_id > $3 AND ($5::text[] IS NULL OR x.remote_id = ANY ($5))
     ORDER BY x.indicator_id LIMIT $4`,
    [connectorId, startedAt, after, STRETCH, askedFor],
  );
  const last = rows.length < STRETCH ? null : (rows.at(-1)?.indicatorId ?? null);
  return { remoteIds: rows.map(({ remoteId }) => remoteId), last };
};

type Withdrawn = {
  connectorId: string;
  startedAt: Date;
  /** Remote ids of what is still shown. */
  standing: ReadonlySet<string>;
  /** Of those that were looked for, and no more. */
  remoteIds: readonly string[];
};

/** Marks some of a connector's removals as confirmed, and says of the others that they were still seen. */
export const markGone = async (
  client: PoolClient,
  { connectorId, startedAt, standing, remoteIds }: Withdrawn,
  now: Date,
): Promise<{ gone: number; standing: number }> => {
  if (remoteIds.length === 0) return { gone: 0, standing: 0 };
  const { rows } = await client.query<WithdrawnRow>(
    `SELECT x.indicator_id AS "indicatorId", x.remote_id AS "remoteId", x.removal_tries AS tries,
       x.removed_at <= $2::timestamptz - make_interval(mins => CASE WHEN x.removal_tries < ${String(MOST_REMOVALS)} THEN $4::int ELSE $5::int END) AS "isOverdue"
     FROM ${WITHDRAWN} AND x.removed_at <= $2 AND x.remote_id = ANY ($3)
     ORDER BY x.indicator_id FOR UPDATE OF x`,
    [connectorId, startedAt, remoteIds, PATIENCE_MINUTES, LAST_PATIENCE_MINUTES],
  );
  const gone = rows.filter(({ remoteId }) => !standing.has(remoteId));
  const shown = rows.filter(({ remoteId }) => standing.has(remoteId));
  await client.query(
    `UPDATE receipt SET state = 'gone', gone_at = $3, reason = NULL, changed_at = $3, removal_tries = 0, removed_at = NULL, still_shown = false
     WHERE connector_id = $1 AND indicator_id = ANY ($2::bigint[])`,
    [connectorId, gone.map(({ indicatorId }) => indicatorId), now],
  );
  await noteShown(client, connectorId, shown, now);
  return { gone: gone.length, standing: shown.length };
};

type WithdrawnRow = { indicatorId: string; remoteId: string; tries: number; isOverdue: boolean };

/** What is shown long after its removal was accepted is to be removed another way; after the last way it has failed. */
const noteShown = async (
  client: PoolClient,
  connectorId: string,
  shown: readonly WithdrawnRow[],
  now: Date,
): Promise<void> => {
  if (shown.length === 0) return;
  await client.query(
    `UPDATE receipt r SET still_shown = r.still_shown OR s.overdue, changed_at = $7,
       state = (CASE WHEN s.overdue AND r.removal_tries >= $4 THEN 'failed' ELSE 'withdrawing' END)::receipt_state,
       reason = CASE WHEN s.overdue AND r.removal_tries >= $4 THEN $6 ELSE $5 END
     FROM unnest($2::bigint[], $3::boolean[]) AS s (indicator_id, overdue)
     WHERE r.connector_id = $1 AND r.indicator_id = s.indicator_id`,
    [
      ...[connectorId, shown.map(({ indicatorId }) => indicatorId), shown.map(({ isOverdue }) => isOverdue)],
      ...[MOST_REMOVALS, NOT_CONFIRMED, NEVER_CONFIRMED, now],
    ],
  );
};

const STRETCH = 5_000;
/** Each removal that is accepted and does nothing is followed by another way, so many in all. */
export const MOST_REMOVALS = 3;
/** Destinations show a removal within some minutes; the last way lets a record expire, which takes longer. */
const PATIENCE_MINUTES = 5;
const LAST_PATIENCE_MINUTES = 20;
const NOT_CONFIRMED =
  "Not confirmed: the destination accepted the removal, but still shows the record. If it stays, it is removed another way.";
const NEVER_CONFIRMED =
  "Not confirmed: the destination accepted its removal in each way there is, and still shows it. Remove it in Microsoft's portal; the next plan tries once more.";
