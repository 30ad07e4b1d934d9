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
import { addForeign } from "@/lib/services/reconcile/foreign-records";
import { giveDestinationBack, renewDestination } from "./destination-lease";
import { noteFull, noteRoom } from "./note-capacity";
import { MOST_ENDED } from "./note-ended";
import type { OpenPush } from "./push-lease";
import type { Settlement } from "./settle-items";

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

/** A removal that is still to be seen: its record was named, now or when it was sent, and can be looked for. */
const IS_AWAITED = "(s.awaited_id IS NOT NULL OR (s.is_left AND k.remote_id IS NOT NULL)) AND $5";

/** What a receipt says of a value that was left alone: a removal stays as far as it was, and what was to be removed or changed stands. */
const AFTER_SKIP = `CASE WHEN known.state = 'gone' THEN known.state
  WHEN known.state IN ('withdrawing', 'pending') AND EXISTS (
    SELECT FROM claim c JOIN remote_record there ON there.id = c.record_id AND there.state IN ('live', 'orphaned')
    WHERE c.connector_id = known.connector_id AND c.indicator_id = known.indicator_id
  ) THEN CASE WHEN known.visible_at IS NULL THEN 'accepted' ELSE 'visible' END::receipt_state
  WHEN known.removed_at IS NOT NULL THEN 'withdrawing' ELSE 'skipped' END`;

/**
 * The push's own receipts. What stood already keeps what is known of it. A skip says nothing of what another push does there
 * since: a removal that is still to be seen stays one.
 */
const writeReceipts = async (client: PoolClient, { push, isReadable, now }: Writing): Promise<void> => {
  await client.query(
    `INSERT INTO receipt AS known (connector_id, indicator_id, team_id, push_id, state, remote_id, stix_id, content_hash,
       sent_at, accepted_at, visible_at, gone_at, expires_at, reason, changed_at, removal_tries, removed_at,
       refused_hash)
     SELECT $1, s.indicator_id, $2, $3,
       (CASE WHEN s.state = 'accepted' THEN CASE WHEN r.visible_at IS NULL THEN 'accepted' ELSE 'visible' END
             WHEN s.state = 'removed' THEN CASE WHEN ${IS_AWAITED} THEN 'withdrawing' ELSE 'gone' END
             WHEN s.state = 'failed' THEN 'failed' ELSE 'skipped' END)::receipt_state,
       coalesce(s.awaited_id, r.remote_id), s.stix_id, r.content_hash, i.sent_at, r.accepted_at, r.visible_at,
       CASE WHEN s.state = 'removed' AND NOT (${IS_AWAITED}) THEN $4::timestamptz END,
       r.expires_at, CASE WHEN s.state = 'removed' AND s.awaited_id IS NOT NULL AND NOT $5 THEN $6 ELSE s.reason END,
       $4, (s.state = 'removed' AND ${IS_AWAITED})::int,
       CASE WHEN s.state = 'removed' AND ${IS_AWAITED} THEN $4::timestamptz END,
       s.refused_hash
     FROM ${STAGED} JOIN remote_record r ON r.id = s.record_id
     -- Each by its whole key: taken for a few, all that the push or the connector has would be gone through for each of the batch.
     JOIN LATERAL (
       SELECT i.sent_at FROM push_item i WHERE i.push_id = $3 AND i.indicator_id = s.indicator_id OFFSET 0) i ON true
     LEFT JOIN LATERAL (
       SELECT k.remote_id FROM receipt k WHERE k.connector_id = $1 AND k.indicator_id = s.indicator_id OFFSET 0) k ON true
     ON CONFLICT (connector_id, indicator_id) DO UPDATE SET
       push_id = excluded.push_id, changed_at = excluded.changed_at, sent_at = coalesce(excluded.sent_at, known.sent_at),
       state = CASE WHEN excluded.state = 'skipped' THEN (${AFTER_SKIP}) ELSE excluded.state END,
       reason = CASE WHEN excluded.state <> 'skipped' OR (${AFTER_SKIP}) = 'skipped' THEN excluded.reason
         WHEN known.state = 'pending' AND (${AFTER_SKIP}) <> 'withdrawing' THEN concat_ws(' ', $7::text, excluded.reason) END,
       refused_hash = CASE WHEN excluded.state = 'skipped' THEN known.refused_hash ELSE excluded.refused_hash END,
       gone_at = CASE WHEN excluded.state = 'skipped' THEN known.gone_at ELSE excluded.gone_at END,
       drift = CASE WHEN excluded.state IN ('failed', 'skipped') THEN known.drift END,
       drift_choice = CASE WHEN excluded.state IN ('failed', 'skipped') THEN known.drift_choice END,
       -- What was refused or skipped leaves a removal that did nothing as it was.
       still_shown = known.still_shown AND excluded.state IN ('failed', 'skipped'),
       removal_tries = CASE WHEN excluded.state IN ('failed', 'skipped') THEN known.removal_tries
         WHEN excluded.removal_tries > 0 THEN known.removal_tries + 1 ELSE 0 END,
       removed_at = CASE WHEN excluded.state IN ('failed', 'skipped') THEN known.removed_at ELSE excluded.removed_at END,
       remote_id = CASE WHEN excluded.state IN ('failed', 'skipped') THEN coalesce(known.remote_id, excluded.remote_id)
         WHEN excluded.state IN ('accepted', 'visible') THEN excluded.remote_id
         ELSE coalesce(excluded.remote_id, known.remote_id) END,
       stix_id = CASE WHEN known.removed_at IS NOT NULL AND excluded.state IN ('failed', 'skipped') THEN known.stix_id
         ELSE excluded.stix_id END,
       content_hash = CASE WHEN excluded.state IN ('accepted', 'visible') THEN excluded.content_hash ELSE known.content_hash END,
       accepted_at = CASE WHEN excluded.state IN ('accepted', 'visible') THEN excluded.accepted_at ELSE known.accepted_at END,
       visible_at = CASE WHEN excluded.state IN ('accepted', 'visible') THEN excluded.visible_at ELSE known.visible_at END,
       expires_at = CASE WHEN excluded.state IN ('accepted', 'visible') THEN excluded.expires_at ELSE known.expires_at END
     WHERE excluded.state <> 'skipped' OR known.push_id = excluded.push_id`,
    [push.connectorId, push.teamId, push.id, now, isReadable, NOT_READABLE, CHANGE_LEFT_OUT],
  );
};

const CHANGE_LEFT_OUT = "It stands as before: a change of it was not sent.";

const NOT_READABLE = "Its removal was accepted; nothing can be read back here, so nobody has seen it gone.";

/** Receipts of the other claimants: the record was written for all of them, or is lost to all of them. */
const writeOtherReceipts = async (client: PoolClient, { push, now }: Writing): Promise<void> => {
  await client.query(
    `UPDATE receipt o SET
       state = (CASE s.others WHEN 'lost' THEN 'failed' ELSE 'accepted' END)::receipt_state,
       reason = CASE s.others WHEN 'lost' THEN $3 END,
       remote_id = r.remote_id, content_hash = r.content_hash, expires_at = r.expires_at,
       accepted_at = r.accepted_at, visible_at = NULL, drift = NULL, changed_at = $2
     FROM ${STAGED} JOIN remote_record r ON r.id = s.record_id JOIN claim c ON c.record_id = s.record_id
     WHERE s.others IN ('written', 'lost') AND c.connector_id <> $1
       AND o.connector_id = c.connector_id AND o.indicator_id = c.indicator_id`,
    [push.connectorId, now, LOST_TO_OTHERS],
  );
};

/** Those who want it no more either: for them it ends as by a removal of their own, which is still to be seen. */
const endOtherReceipts = async (client: PoolClient, { push, isReadable, now }: Writing): Promise<void> => {
  await client.query(
    `UPDATE receipt o SET
       state = (CASE WHEN o.remote_id IS NOT NULL AND $3 THEN 'withdrawing' ELSE 'gone' END)::receipt_state, reason = $4,
       removed_at = CASE WHEN o.remote_id IS NOT NULL AND $3 THEN $2::timestamptz END,
       removal_tries = (o.remote_id IS NOT NULL AND $3)::int,
       gone_at = CASE WHEN o.remote_id IS NULL OR NOT $3 THEN $2::timestamptz END, drift = NULL, drift_choice = NULL, changed_at = $2
     FROM ${STAGED} JOIN claim c ON c.record_id = s.record_id
     WHERE s.others = 'ended' AND c.connector_id <> $1
       AND o.connector_id = c.connector_id AND o.indicator_id = c.indicator_id`,
    [push.connectorId, now, isReadable, ENDED_BY_OTHERS],
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

/** What turned out to be somebody else's is known by no id of theirs, so that nothing ever asks for it. */
const letGo = async (client: PoolClient, { push, settlements, now }: Writing): Promise<void> => {
  const foreign = settlements.filter(({ isForeign }) => isForeign);
  await client.query(
    `UPDATE receipt SET state = 'skipped', reason = w.reason, remote_id = NULL, content_hash = NULL, visible_at = NULL,
       still_shown = false, removed_at = NULL, removal_tries = 0, drift = NULL, drift_choice = NULL
     FROM unnest($2::bigint[], $3::text[]) AS w (id, reason) WHERE connector_id = $1 AND indicator_id = w.id`,
    [push.connectorId, foreign.map(({ indicatorId }) => indicatorId), foreign.map(({ reason }) => reason)],
  );
  const records = foreign.flatMap((one) => one.foreign ?? []);
  await addForeign(client, push.destinationId, { records, now });
};

const LOST_TO_OTHERS =
  "The record was another team's; when it was to be made anew for you, that was refused. The next plan adds it again.";

const ENDED_BY_OTHERS =
  "It is not wanted any more, and the removal by another connector took it away for all.";

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
