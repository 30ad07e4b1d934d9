import "server-only";

import type { PoolClient } from "pg";

import { readClock } from "@/lib/db/clock";
import { byWholeKeys, hashing } from "@/lib/db/queries/planning";
import { unansweredItems } from "@/lib/db/queries/unanswered-items";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { bulkAsSystem } from "@/lib/db/scope";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";

import { announceLateRecalls } from "./announce-late-recalls";
import { announceLateWithdrawals } from "./announce-late-withdrawals";
import type { AsOf } from "./as-of";
import { STAGED, stageSettlements } from "./batch-stage";
import { giveDestinationBack, renewDestination } from "./destination-lease";
import { noteFull, noteRoom } from "./note-capacity";
import { MOST_ENDED } from "./note-ended";
import type { OpenPush } from "./push-lease";
import type { Settlement } from "./settle-items";
import { endOtherReceipts, letGo, writeOtherReceipts, writeReceipts } from "./write-receipts";

type Options = {
  push: OpenPush;
  settlements: readonly Settlement[];
  /** Whether what stands can be read back, so that a removal still waits for its confirmation. */
  isReadable: boolean;
  /** The team's count of changes of its lists when the batch was taken. */
  screenedBy: number;
  /** By what it was decided what was sent. */
  asOf: AsOf;
  /** The next batch follows at once: the destination is not given back in between. */
  keepsDestination: boolean;
};
type Writing = Pick<Options, "push" | "settlements" | "isReadable"> & { now: Date };

/**
 * Writes down what became of a batch, all of it or nothing: records, claims, receipts, items and the push's counts; then the
 * destination is free, unless the next batch follows. Throws when another worker took over meanwhile: what it does counts. Tells whether other
 * pushes wait for the destination, and whether something of it was recalled or withdrawn meanwhile, whose removal is announced.
 */
export const commitBatch = (given: Options): Promise<{ isAwaited: boolean; isEnded: boolean }> =>
  bulkAsSystem("delivery", async (client) => {
    const { push } = given;
    await leaveDestination(client, given);
    await byWholeKeys(client, () => lockRows(client, given.settlements));
    const settlements = await dropFallen(client, given.settlements);
    const options: Writing = { ...given, settlements, now: await readClock(client) };
    const losers = await writeAll(client, options);
    const refusal = settlements.find(({ capacity }) => capacity !== null)?.capacity;
    if (refusal) await noteFull(client, push.destinationId, refusal, options.now);
    else if (push.kind === "defender" && settlements.some(({ record }) => record !== null))
      await noteRoom(client, push.destinationId);
    const put = {
      teamId: push.teamId,
      indicatorIds: settlements.flatMap(({ claim, indicatorId }) => (claim === "put" ? [indicatorId] : [])),
    };
    const isWithdrawn = await announceLateWithdrawals(client, { ...put, push, asOf: given.asOf });
    const isRecalled = await announceLateRecalls(client, { ...put, screenedBy: given.screenedBy });
    // Counted as a change, so that the end of a push of theirs that is under way comes back to it, and a lost announcement is found.
    for (const teamId of losers) await announcePlansSql(client, teamId);
    return { isAwaited: await isAwaited(client, push), isEnded: isRecalled || isWithdrawn };
  });

/**
 * Writes down what is known by now of items that wait to be sent again and are not: as `commitBatch`, with the push alone held. Throws
 * where another worker has that.
 */
export const commitWaiting = (
  { push, isReadable }: Pick<Options, "push" | "isReadable">,
  readSettlements: (client: PoolClient) => Promise<readonly Settlement[]>,
): Promise<void> =>
  bulkAsSystem("delivery", async (client) => {
    const found = await readSettlements(client);
    if (found.length === 0) return;
    await byWholeKeys(client, () => lockRows(client, found));
    // Only now: whoever had the rows may have put something there.
    const settlements = await readSettlements(client);
    const losers = await writeAll(client, { push, settlements, isReadable, now: await readClock(client) });
    for (const teamId of losers) await announcePlansSql(client, teamId);
  });

/** Gives the teams that lost something by it. */
const writeAll = async (client: PoolClient, options: Writing): Promise<string[]> => {
  const { settlements } = options;
  let losers: string[] = [];
  if (settlements.length > 0) {
    await stageSettlements(client, settlements);
    // Whatever the push holds: joined as a whole, each batch would read all of it.
    losers = await byWholeKeys(client, () => writeSettlements(client, options));
    await hashing(client, () => writeItems(client, options));
    await answerEarlier(client, options);
  }
  await countItems(client, options);
  return losers;
};

/** Writes what is staged, and gives the teams that lost something by it. */
const writeSettlements = async (client: PoolClient, options: Writing): Promise<string[]> => {
  const { push, settlements, now } = options;
  const has = (test: (one: Settlement) => boolean): boolean => settlements.some(test);
  let losers: string[] = [];
  if (push.kind === "defender" && has(({ claim, others }) => claim === "put" && others === "written"))
    await noteRaised(client, push);
  if (has(({ record }) => record !== null)) await writeRecords(client, now);
  if (has(({ record }) => record?.state === "orphaned")) await orphanRecords(client);
  await writeReceipts(client, options);
  if (has(({ isForeign }) => isForeign)) await letGo(client, options);
  if (has(({ others }) => others !== null)) await writeOtherReceipts(client, options);
  if (has(({ others }) => others === "ended")) await endOtherReceipts(client, options);
  if (has(({ others }) => others === "lost")) losers = await findLosers(client, push);
  if (has(({ claim, others }) => claim === "drop" || others === "lost" || others === "ended"))
    await dropClaims(client, options);
  if (has(({ claim }) => claim === "put")) await putClaims(client, options);
  return losers;
};

const LOST = "Another worker took this push over; what this one did is dropped.";

/** Gives the destination back, or keeps it for the next batch; either needs that it is ours. */
const leaveDestination = async (
  client: PoolClient,
  { push, keepsDestination }: Pick<Options, "push" | "keepsDestination">,
): Promise<void> => {
  const isOurs = keepsDestination
    ? await renewDestination(client, push)
    : await giveDestinationBack(client, push);
  if (!isOurs) throw new Error(LOST);
};

/** In the order of everybody (`lock-receipts.ts`), read-backs included. */
const lockRows = async (client: PoolClient, settlements: readonly Settlement[]): Promise<void> => {
  await client.query("SELECT FROM remote_record WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", [
    settlements.map(({ recordId }) => recordId),
  ]);
  await client.query(
    `SELECT FROM receipt WHERE indicator_id = ANY ($1::bigint[]) AND connector_id = ANY ($2::uuid[])
     ORDER BY connector_id, indicator_id FOR UPDATE`,
    [
      settlements.map(({ indicatorId }) => indicatorId),
      [...new Set(settlements.flatMap(({ connectorIds }) => connectorIds))],
    ],
  );
};

/** What was left alone since it stood, and does not as it did any more, as when it was compared meanwhile, stays open: it is decided anew. */
const dropFallen = async (
  client: PoolClient,
  settlements: readonly Settlement[],
): Promise<readonly Settlement[]> => {
  const standing = settlements.filter(({ standsWith }) => standsWith !== null);
  if (standing.length === 0) return settlements;
  const { rows } = await client.query<{ id: string }>(
    `SELECT r.id FROM unnest($1::uuid[], $2::bytea[]) AS s (record_id, content_hash) JOIN remote_record r ON r.id = s.record_id
     WHERE r.state <> 'live' OR r.content_hash IS DISTINCT FROM s.content_hash`,
    [standing.map(({ recordId }) => recordId), standing.map(({ standsWith }) => standsWith)],
  );
  const fallen = new Set(rows.map(({ id }) => id));
  return settlements.filter(({ recordId, standsWith }) => standsWith === null || !fallen.has(recordId));
};

/** What it stood as before, the latest first, but for what stands again: at another action of before it may be the same record as then. */
const ENDED_IDS = `CASE WHEN s.ended_id IS NULL THEN array_remove(r.ended_ids, s.remote_id)
  ELSE array_prepend(s.ended_id, array_remove(array_remove(r.ended_ids, s.remote_id), s.ended_id)) END`;

const writeRecords = async (client: PoolClient, now: Date): Promise<void> => {
  await client.query(
    `UPDATE remote_record r SET state = s.record_state, owner_connector_id = s.owner_connector_id,
       owner_client_id = (SELECT c.client_id FROM connector c WHERE c.id = s.owner_connector_id),
       remote_id = s.remote_id, content_hash = s.content_hash, action = s.action, severity = s.severity,
       expires_at = s.expires_at, modified_at = coalesce(s.modified_at, r.modified_at), visible_at = NULL, unpublished_since = NULL,
       ended_ids = (${ENDED_IDS})[1:${String(MOST_ENDED)}],
       maker_seen_at = CASE WHEN r.remote_id = s.remote_id THEN r.maker_seen_at END, epoch = r.epoch + s.is_revoked::int,
       accepted_at = CASE WHEN s.record_state = 'live' THEN $1 ELSE r.accepted_at END,
       gone_at = CASE WHEN s.record_state = 'live' THEN NULL ELSE $1::timestamptz END,
       ended_at = CASE WHEN s.record_state = 'live' AND s.ended_id IS NULL THEN r.ended_at ELSE $1 END
     FROM ${STAGED} WHERE r.id = s.record_id AND s.is_written AND s.record_state <> 'orphaned'`,
    [now],
  );
};

/** Whose records become stricter by this than they want them, and than they stood so far: told when the push ends. */
const noteRaised = async (client: PoolClient, push: OpenPush): Promise<void> => {
  await client.query(
    `WITH raised AS (
       SELECT c.connector_id AS id, count(*) AS count
       FROM ${STAGED} JOIN remote_record r ON r.id = s.record_id AND r.state IN ('live', 'orphaned')
       JOIN claim c ON c.record_id = r.id AND c.connector_id <> $1
       WHERE s.claim = 'put' AND s.record_state = 'live'
         AND (array_position($3::text[], s.action) > greatest(array_position($3, r.action), array_position($3, c.action))
           OR array_position($4::text[], s.severity) > greatest(array_position($4, r.severity), array_position($4, c.severity)))
       GROUP BY c.connector_id
     )
     UPDATE push SET raised = (
       SELECT jsonb_object_agg(id, count) FROM (
         SELECT id, sum(count) AS count FROM (
           SELECT id::text, count FROM raised
           UNION ALL SELECT key, value::numeric FROM jsonb_each_text(coalesce(push.raised, '{}'))) one GROUP BY id) summed)
     WHERE id = $2 AND EXISTS (SELECT FROM raised)`,
    [push.connectorId, push.id, [...ACTIONS], [...SEVERITIES]],
  );
};

const orphanRecords = async (client: PoolClient): Promise<void> => {
  await client.query(
    `UPDATE remote_record r SET state = 'orphaned' FROM ${STAGED}
     WHERE r.id = s.record_id AND s.record_state = 'orphaned'`,
  );
};

/** The teams that lose a record: they have it made anew, where a connector is not automatic by a person. */
const findLosers = async (client: PoolClient, push: OpenPush): Promise<string[]> => {
  const { rows } = await client.query<{ teamId: string }>(
    `SELECT DISTINCT c.team_id AS "teamId" FROM ${STAGED} JOIN claim c ON c.record_id = s.record_id
     WHERE s.others = 'lost' AND c.connector_id <> $1 ORDER BY 1`,
    [push.connectorId],
  );
  return rows.map(({ teamId }) => teamId);
};

const dropClaims = async (client: PoolClient, { push }: Writing): Promise<void> => {
  await client.query(
    `DELETE FROM claim c USING ${STAGED}
     WHERE c.record_id = s.record_id
       AND ((c.connector_id = $1 AND s.claim = 'drop') OR (c.connector_id <> $1 AND s.others IN ('lost', 'ended')))`,
    [push.connectorId],
  );
};

const putClaims = async (client: PoolClient, { push, now }: Writing): Promise<void> => {
  await client.query(
    `INSERT INTO claim (record_id, connector_id, team_id, indicator_id, action, severity, confidence, tlp, expires_at,
       content, content_hash, created_at)
     SELECT s.record_id, $1, $2, s.indicator_id, p.action, p.severity, (p.content->>'confidence')::smallint,
       (p.content->>'tlp')::smallint, p.expires_at, p.content, p.desired_hash, $4
     FROM ${STAGED} JOIN LATERAL (
       SELECT * FROM plan_item p WHERE p.plan_id = $3 AND p.indicator_id = s.indicator_id OFFSET 0) p ON true
     WHERE s.claim = 'put'
     ON CONFLICT (record_id, connector_id) DO UPDATE SET
       action = excluded.action, severity = excluded.severity, confidence = excluded.confidence, tlp = excluded.tlp,
       expires_at = excluded.expires_at, content = excluded.content, content_hash = excluded.content_hash`,
    [push.connectorId, push.teamId, push.planId, now],
  );
};

/** It was removed under its old device groups, and is still to be added under the new ones. */
const IS_HALF_DONE = "(s.moves AND s.state = 'removed')";

/** To be asked `hashing`: what is staged, and these items alone of all that the push has. */
const writeItems = async (client: PoolClient, { push, settlements, now }: Writing): Promise<void> => {
  const ids = settlements.map(({ indicatorId }) => indicatorId);
  await client.query(
    `UPDATE push_item i SET state = s.state, reason = s.reason, finished_at = $2 FROM ${STAGED}
     WHERE i.push_id = $1 AND i.indicator_id = ANY ($3::bigint[]) AND i.indicator_id = s.indicator_id AND NOT ${IS_HALF_DONE}`,
    [push.id, now, ids],
  );
  if (!settlements.some(({ moves, state }) => moves && state === "removed")) return;
  await client.query(
    `UPDATE push_item i SET state = 'pending', operation = 'add', moves = false, sent_at = NULL,
       device_groups = (SELECT p.content->'deviceGroups' FROM plan_item p WHERE p.plan_id = $2 AND p.indicator_id = s.indicator_id)
     FROM ${STAGED} WHERE i.push_id = $1 AND i.indicator_id = ANY ($3::bigint[]) AND i.indicator_id = s.indicator_id AND ${IS_HALF_DONE}`,
    [push.id, push.planId, ids],
  );
};

/** What earlier pushes of this connector were never answered is known now: it stands as this one left it. */
const answerEarlier = async (client: PoolClient, { push, settlements, now }: Writing): Promise<void> => {
  const known = settlements.filter(
    ({ state, record }) => state === "accepted" || state === "removed" || record?.state === "gone",
  );
  const isIn = (id: string): string => `${id} = ANY ($3::bigint[])`;
  const { rows } = await client.query<{ pushId: string; indicatorId: string }>(
    `SELECT push_id AS "pushId", indicator_id AS "indicatorId" FROM ${unansweredItems("$2", { ...push, isIn })} u WHERE push_id <> $1`,
    [push.id, push.connectorId, known.map(({ indicatorId }) => indicatorId)],
  );
  if (rows.length === 0) return;
  await client.query(
    `WITH answered AS (
       UPDATE push_item i SET state = 'skipped', reason = $4, finished_at = $3
       FROM unnest($1::uuid[], $2::bigint[]) AS u (push_id, indicator_id)
       WHERE i.push_id = u.push_id AND i.indicator_id = u.indicator_id AND i.state = 'sending'
       RETURNING i.push_id
     )
     UPDATE push SET skipped = skipped + a.count
     FROM (SELECT push_id, count(*)::int AS count FROM answered GROUP BY push_id) a WHERE push.id = a.push_id`,
    [rows.map(({ pushId }) => pushId), rows.map(({ indicatorId }) => indicatorId), now, ANSWERED_LATER],
  );
};

const ANSWERED_LATER = "Its answer never came; a later push settled it.";

const countItems = async (client: PoolClient, { push, settlements }: Writing): Promise<void> => {
  const count = (state: Settlement["state"]) =>
    settlements.filter((one) => one.state === state && !(one.moves && state === "removed")).length;
  const { rowCount } = await client.query(
    `UPDATE push SET accepted = accepted + $3, removed = removed + $4, failed = failed + $5, skipped = skipped + $6,
       message = NULL, failing_since = NULL
     WHERE id = $1 AND lease_owner = $2 AND state = 'running'`,
    [push.id, push.leaseOwner, count("accepted"), count("removed"), count("failed"), count("skipped")],
  );
  if (!rowCount) throw new Error(LOST);
};

const isAwaited = async (client: PoolClient, push: OpenPush): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM push p JOIN connector c ON c.id = p.connector_id
     WHERE c.destination_id = $1 AND p.state = 'running' AND p.id <> $2 AND p.lease_until > clock_timestamp() LIMIT 1`,
    [push.destinationId, push.id],
  );
  return rowCount === 1;
};
