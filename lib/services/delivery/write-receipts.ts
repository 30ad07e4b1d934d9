import "server-only";

import type { PoolClient } from "pg";

import { addForeign } from "@/lib/services/reconcile/foreign-records";

import { STAGED } from "./batch-stage";
import type { OpenPush } from "./push-lease";
import type { Settlement } from "./settle-items";

type Writing = {
  push: OpenPush;
  settlements: readonly Settlement[];
  /** Whether what stands can be read back, so that a removal still waits for its confirmation. */
  isReadable: boolean;
  now: Date;
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
export const writeReceipts = async (
  client: PoolClient,
  { push, isReadable, now }: Writing,
): Promise<void> => {
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
export const writeOtherReceipts = async (client: PoolClient, { push, now }: Writing): Promise<void> => {
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
export const endOtherReceipts = async (
  client: PoolClient,
  { push, isReadable, now }: Writing,
): Promise<void> => {
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

/** What turned out to be somebody else's is known by no id of theirs, so that nothing ever asks for it. */
export const letGo = async (client: PoolClient, { push, settlements, now }: Writing): Promise<void> => {
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
