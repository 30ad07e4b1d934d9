import "server-only";

import type { PoolClient } from "pg";

import type { Operation, OutgoingRecord, WithdrawnRecord } from "@/lib/connectors/contract";
import { isRevocation } from "@/lib/connectors/sentinel/map";
import { bulkAsSystem } from "@/lib/db/scope";
import { decideStep, type StandingClaim, type Step } from "@/lib/domain/delivery/decide-step";
import { mergeClaims, type MergedRecord } from "@/lib/domain/delivery/merge-claims";

import { composeEnd, composeRecord, hashRecord, type Surroundings } from "./compose-record";
import { readStop } from "./delivery-stop";
import { peekWait } from "./pace";
import { LEASE_SECONDS, type OpenPush } from "./push-lease";
import {
  readClaims,
  readItems,
  readPendingIds,
  readSendingIds,
  type BatchItem,
  type OPERATIONS,
  type RecordRow,
  type TeamClaim,
} from "./read-batch";
import { openRecallsOf, type IsRecalled } from "./recalls-of-others";
import { readRecordsOf } from "./records-of-items";

/** One item with all that is to be sent for it. */
export type ReadyItem = {
  item: BatchItem;
  record: RecordRow;
  /** Connectors besides this one that have a claim on the record. */
  otherClaims: readonly string[];
  /** `revokes`: what is ended so cannot come back as the same record. */
  withdraw: { by: string; record: WithdrawnRecord; revokes: boolean } | null;
  put: { by: string; ownerAfter: string; record: OutgoingRecord; hash: Buffer } | null;
};

/** An item that needs no request. */
export type SettledItem = { item: BatchItem; record: RecordRow } & (
  | { kind: "skipped" | "left"; reason: string }
  /** What should stand there already does, by an earlier answer. */
  | { kind: "stands" }
);

export type Batch = {
  ready: ReadyItem[];
  settled: SettledItem[];
  lastId: string;
  /** Its items may have been sent before. */
  isSentAgain: boolean;
  /** The team's count of changes of its lists, as they stood when the items were looked at. */
  screenedBy: number;
  /** The request that is to carry it. */
  request: Operation;
};

/** Where a delivery stands: what may have been sent goes first, then the next items of an operation. */
export type Place = { operation: (typeof OPERATIONS)[number]; after: string; mayBeSent: boolean };

export type PrepareOptions = {
  push: OpenPush;
  /** What may carry it, the first choice first: nobody takes the destination only to wait for a slot. */
  requests: readonly [Operation, ...Operation[]];
  ownership: "application" | "shared";
  limit: number;
  surroundings: Surroundings;
  place: Place;
};

/**
 * Takes the destination for one batch and decides, over all teams' claims, what is to be sent; the items are marked before any
 * request leaves. `busy` while another batch is under way there or a slot is still to come, `stoppedBecause` while sending is
 * switched off, null when nothing is open at this place.
 */
export const prepareBatch = (
  options: PrepareOptions,
): Promise<Batch | { busyMs: number | null } | { stoppedBecause: string } | null> =>
  bulkAsSystem("delivery", async (client) => {
    const { push, surroundings } = options;
    if ((await readNext(client, options)).ids.length === 0) return null;
    const stoppedBecause = await readStop(client, push.connectorId);
    if (stoppedBecause !== null) return { stoppedBecause };
    if (!push.isUrgent && (await isUrgentOpen(client, push))) return { busyMs: null };
    const { request, waitMs } = await findSoonest(client, options);
    if (waitMs > 0) return { busyMs: waitMs };
    if (!(await takeDestination(client, push))) return { busyMs: null };
    // Once more: whoever had the destination meanwhile, a recall, may have settled some of them.
    const { ids, isSentAgain } = await readNext(client, options);
    const lastId = ids.at(-1);
    if (lastId === undefined) {
      await giveDestinationBack(client, push);
      return null;
    }
    const { now } = surroundings;
    const { items, screenedBy } = await readItems(client, push, ids, now);
    // What could not be looked at would be taken for sent, and asked for again for ever.
    if (items.length < ids.length) throw new Error("A planned item is missing.");
    const records = await readRecordsOf(client, push, items, surroundings);
    const claims = await readClaims(
      client,
      [...records.values()].map(({ id }) => id),
    );
    const isRecalled = await openRecallsOf(client, otherTeamsOf(push, items, claims));
    const batch: Batch = { ready: [], settled: [], lastId, isSentAgain, screenedBy, request };
    const context = { ...options, isSentAgain, isRecalled };
    for (const item of items) {
      const record = records.get(item.indicatorId);
      if (!record) throw new Error("A record that was just made is missing.");
      const outcome = prepareItem(item, record, claims.get(record.id) ?? [], context);
      if ("kind" in outcome) batch.settled.push(outcome);
      else batch.ready.push(outcome);
    }
    await markSending(client, push, ids, batch, now);
    return batch;
  });

/** The request that may leave soonest. */
const findSoonest = async (
  client: PoolClient,
  { push, requests: [first, ...others] }: PrepareOptions,
): Promise<{ request: Operation; waitMs: number }> => {
  const { isUrgent } = push;
  let soonest = { request: first, waitMs: await peekWait(client, push, { operation: first, isUrgent }) };
  for (const request of others) {
    if (soonest.waitMs === 0) break;
    const waitMs = await peekWait(client, push, { operation: request, isUrgent });
    if (waitMs < soonest.waitMs) soonest = { request, waitMs };
  }
  return soonest;
};

/** What may have been sent goes first, then the next items of the operation. */
const readNext = async (
  client: PoolClient,
  { push, place, limit }: PrepareOptions,
): Promise<{ ids: string[]; isSentAgain: boolean }> => {
  const sentIds = place.mayBeSent ? await readSendingIds(client, push.id, limit) : [];
  if (sentIds.length > 0) return { ids: sentIds, isSentAgain: true };
  return { ids: await readPendingIds(client, push.id, place, limit), isSentAgain: false };
};

/** Whose claims would be left by a removal. */
const otherTeamsOf = (
  { teamId }: OpenPush,
  items: readonly BatchItem[],
  claims: ReadonlyMap<string, readonly TeamClaim[]>,
): string[] =>
  items.every(({ operation, overtaken }) => operation !== "remove" && overtaken?.isRecalled !== true)
    ? []
    : [...new Set([...claims.values()].flat().map((claim) => claim.teamId))].filter((id) => id !== teamId);

/** Whether a recall, or what a person saved, has something to send there now. */
const isUrgentOpen = async (client: PoolClient, { destinationId }: OpenPush): Promise<boolean> => {
  const { rowCount } = await client.query(
    `SELECT FROM push u JOIN connector c ON c.id = u.connector_id
     WHERE u.urgent AND u.state IN ('queued', 'running') AND c.destination_id = $1
       AND (u.wake_at IS NULL OR u.wake_at <= clock_timestamp())
       -- One that cannot end does not keep all others away for ever.
       AND u.queued_at > clock_timestamp() - interval '10 minutes' LIMIT 1`,
    [destinationId],
  );
  return rowCount === 1;
};

const takeDestination = async (client: PoolClient, push: OpenPush): Promise<boolean> => {
  const { rowCount } = await client.query(
    `UPDATE destination SET lease_owner = $2, lease_until = clock_timestamp() + make_interval(secs => $3)
     WHERE id = $1 AND (lease_until IS NULL OR lease_until < clock_timestamp() OR lease_owner = $2)`,
    [push.destinationId, push.leaseOwner, LEASE_SECONDS],
  );
  return rowCount === 1;
};

const giveDestinationBack = (client: PoolClient, { destinationId, leaseOwner }: OpenPush) =>
  client.query(
    "UPDATE destination SET lease_owner = NULL, lease_until = NULL WHERE id = $1 AND lease_owner = $2",
    [destinationId, leaseOwner],
  );

type Context = PrepareOptions & { isSentAgain: boolean; isRecalled: IsRecalled };

const prepareItem = (
  planned: BatchItem,
  record: RecordRow,
  allClaims: readonly TeamClaim[],
  { push, ownership, surroundings, isSentAgain, isRecalled }: Context,
): ReadyItem | SettledItem => {
  // What may have been sent already must not be forgotten: it is sent again, and the next plan takes it back.
  if (planned.overtaken !== null && !isSentAgain)
    return { kind: "skipped", item: planned, record, reason: planned.overtaken.reason };
  // Except where it was recalled: then it is not put there once more, but looked for and taken back.
  const item: BatchItem =
    planned.overtaken?.isRecalled === true
      ? { ...planned, operation: "remove", share: null, isUnanswered: true }
      : planned;
  const { connectorId, teamId } = push;
  // It must not be handed over to a team that is to be rid of it as well.
  const claims =
    item.operation === "remove"
      ? allClaims.filter(
          (claim) => claim.teamId === teamId || !isRecalled(claim.teamId, item.type, item.value),
        )
      : allClaims;
  const isStanding = record.state === "live" || record.state === "orphaned";
  const { ownerConnectorId, action } = record;
  const step = decideStep({
    connectorId,
    operation: item.operation,
    share: item.share,
    record: { isStanding, ownerConnectorId, action },
    isUnanswered: item.isUnanswered,
    claims,
    ownership,
  });
  const isClaimed = allClaims.some((claim) => claim.connectorId === connectorId);
  if (step.kind === "nothing")
    return { kind: isClaimed ? "left" : "skipped", item, record, reason: step.reason };
  // Claims that are left on a record that ends are gone with it; each team's own removal finds that.
  const otherClaims =
    step.kind === "end" ? [] : allClaims.map((claim) => claim.connectorId).filter((id) => id !== connectorId);
  const put = step.kind === "put" ? composePut(item, record, step, surroundings) : null;
  const isMadeAnew = step.withdrawBy !== null || step.kind === "end";
  if (
    put &&
    !isMadeAnew &&
    !item.isUnanswered &&
    record.state === "live" &&
    record.contentHash?.equals(put.hash)
  )
    return { kind: "stands", item, record };
  // What a TLP above the ceiling forbids must not be readable in the closing entry either.
  const merged = item.code === "tlp-ceiling" ? null : mergeAll(claims);
  const withdraw =
    step.withdrawBy === null
      ? null
      : {
          by: step.withdrawBy,
          record: composeEnd(item, record, merged, surroundings),
          revokes: push.kind === "sentinel" && isRevocation(item),
        };
  return { item, record, otherClaims, withdraw, put };
};

const composePut = (
  item: BatchItem,
  record: RecordRow,
  { pushBy, ownerAfter, merged }: Extract<Step, { kind: "put" }>,
  surroundings: Surroundings,
): NonNullable<ReadyItem["put"]> => {
  const outgoing = composeRecord(item, record, merged, surroundings);
  return { by: pushBy, ownerAfter, record: outgoing, hash: hashRecord(outgoing) };
};

const mergeAll = ([oldest, ...others]: readonly StandingClaim[]): MergedRecord | null =>
  oldest ? mergeClaims([oldest.share, ...others.map(({ share }) => share)]) : null;

const markSending = async (
  client: PoolClient,
  { id, connectorId }: OpenPush,
  ids: readonly string[],
  { ready }: Batch,
  now: Date,
): Promise<void> => {
  await client.query(
    `UPDATE push_item SET state = 'sending', sent_at = $3 WHERE push_id = $1 AND indicator_id = ANY ($2::bigint[])`,
    [id, ids, now],
  );
  // What is skipped is not sent, and its receipt may be another push's by now: a recall's.
  const sentIds = ready.map(({ item }) => item.indicatorId);
  await client.query(
    `UPDATE receipt r SET sent_at = $3, push_id = $4
     FROM (
       SELECT indicator_id FROM receipt WHERE connector_id = $1 AND indicator_id = ANY ($2::bigint[])
       ORDER BY indicator_id FOR UPDATE
     ) mine WHERE r.connector_id = $1 AND r.indicator_id = mine.indicator_id`,
    [connectorId, sentIds, now, id],
  );
};
