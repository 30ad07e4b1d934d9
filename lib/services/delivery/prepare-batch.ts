import "server-only";

import type { PoolClient } from "pg";

import type { Operation } from "@/lib/connectors/contract";
import { readClock } from "@/lib/db/clock";
import { isDuplicate } from "@/lib/db/errors";
import { bulkAsSystem } from "@/lib/db/scope";
import { chooseSuspects, isSuspect } from "@/lib/domain/delivery/suspects";
import { TRIES_IN_PLACE } from "@/lib/domain/delivery/wait-after-failure";

import { readAsOf, type AsOf } from "./as-of";
import { takeDestination } from "./borrow-destination";
import type { Surroundings } from "./compose-record";
import { giveDestinationBack, isUrgentOpen } from "./destination-lease";
import { readStop } from "./delivery-stop";
import { readOurMakers, type IsOurMaker } from "@/lib/services/reconcile/foreign-records";
import { peekRoom, peekWait } from "./pace";
import { prepareItem, type ReadyItem, type SettledItem } from "./prepare-item";
import type { OpenPush } from "./push-lease";
import {
  findRetried,
  readItems,
  readPendingIds,
  readSentBefore,
  type BatchItem,
  OPERATIONS,
  type RecordRow,
} from "./read-batch";
import { reconsider } from "./reconsider";
import { readRecordsOf } from "./records-of-items";
import { readClaims, type TeamClaim } from "./team-claims";
import { findUnwantedClaims, type IsUnwanted } from "./unwanted-claims";

export type Batch = {
  ready: ReadyItem[];
  settled: SettledItem[];
  lastId: string;
  /** Its items may have been sent before. */
  isSentAgain: boolean;
  /** The team's count of changes of its lists, as they stood when the items were looked at. */
  screenedBy: number;
  /** What decided about its items, as it was when they were looked at (`readAsOf`). */
  asOf: AsOf;
  /** The request that is to carry it. */
  request: Operation;
  isOurMaker: IsOurMaker;
};

/** Where a delivery stands: what may have been sent goes first, then the next items of an operation. */
export type Place = { operation: (typeof OPERATIONS)[number]; after: string; mayBeSent: boolean };

export type PrepareOptions = {
  push: OpenPush;
  /** What may carry it, the first choice first: nobody takes the destination only to wait for a slot. */
  requests: readonly [Operation, ...Operation[]];
  ownership: "application" | "shared";
  /** So many records a request carries, and so many requests may be under way at once. */
  perRequest: number;
  requestsAtOnce: number;
  /** The request that carries one removal, and of how many such a batch is; null where there is none. */
  singly: { request: Operation; max: number } | null;
  surroundings: Omit<Surroundings, "now">;
  place: Place;
  /** How many requests of this push are leaving meanwhile; the destination is its own then, and stays so whatever is found. */
  besideRequests: number | null;
  /** How many requests in a row were not answered. */
  failures: number;
};

/**
 * Takes the destination for one batch, of as many requests as may leave at once, and decides, over all teams' claims, what is to be
 * sent. `busy` while another batch is under way there or a slot is still to come,
 * `stoppedBecause` while sending is switched off, null when nothing is open at this place.
 */
export const prepareBatch = (options: PrepareOptions): Promise<Prepared> =>
  tryToPrepare(options).catch((error: unknown) => {
    // Whoever had the destination before, and was overtaken as it wrote new records, has written them now.
    if (isDuplicate(error, RECORD_KEY)) return { busyMs: null };
    throw error;
  });

const RECORD_KEY = "remote_record_destination_id_indicator_id_scope_key";

type Prepared = Batch | { busyMs: number | null } | { stoppedBecause: string } | null;

const tryToPrepare = (options: PrepareOptions): Promise<Prepared> =>
  bulkAsSystem("delivery", async (client) => {
    const { push, besideRequests } = options;
    // What is lost with the server is prepared anew: it is written for good before any of it leaves, with the slot that that takes.
    await client.query("SET LOCAL synchronous_commit = off");
    const [first] = (await readNext(client, options, 1)).ids;
    if (first === undefined) return null;
    const stoppedBecause = await readStop(client, push.connectorId);
    if (stoppedBecause !== null) return { stoppedBecause };
    if (!push.isUrgent && (await isUrgentOpen(client, push))) return { busyMs: null };
    const { requests, perRequest, requestsAtOnce } = await chooseSize(client, options, first);
    const { request, waitMs } = await findSoonest(client, push, requests);
    if (waitMs > 0) return { busyMs: waitMs };
    if (besideRequests === null && !(await takeDestination(client, push))) return { busyMs: null };
    const beside = besideRequests ?? 0;
    const wish = { operation: request, isUrgent: push.isUrgent };
    const room = (await peekRoom(client, push, wish, requestsAtOnce + beside)) - beside;
    if (beside > 0 && room <= 0) return { busyMs: null };
    // Once more: whoever had the destination meanwhile, a recall, may have settled some of them.
    const { ids: next, isSentAgain } = await readNext(client, options, Math.max(1, room) * perRequest);
    const ids = await keepSameWay(client, options, next);
    const lastId = ids.at(-1);
    if (lastId === undefined) {
      if (besideRequests === null) await giveDestinationBack(client, push);
      return null;
    }
    const asOf = await readAsOf(client, push);
    const now = await readClock(client);
    const surroundings = { ...options.surroundings, now };
    const { items: read, screenedBy, maxTlp } = await readItems(client, push, ids, surroundings);
    // What could not be looked at would be taken for sent, and asked for again for ever.
    if (read.length < ids.length) throw new Error("A planned item is missing.");
    const items = isSentAgain ? read : await reconsiderAll(client, push, read, now);
    const { records, knownIds, writeNew } = await readRecordsOf(client, push, items, surroundings);
    const claims = await readClaims(client, knownIds);
    const isUnwanted = await findUnwanted(client, push, { items, records, claims, now });
    // Elsewhere nothing names its maker, and there may be a million records.
    const isOurMaker =
      push.kind === "defender" ? await readOurMakers(client, push.destinationId) : (): boolean => true;
    const batch: Batch = {
      ready: [],
      settled: [],
      lastId,
      isSentAgain,
      screenedBy,
      asOf,
      request,
      isOurMaker,
    };
    const context = { ...options, surroundings, isSentAgain, isUnwanted, maxTlp };
    // The server writes them while it is said what is sent of each.
    const writing = writeNew();
    writing.catch(() => undefined);
    for (const item of items) {
      const record = records.get(item.indicatorId);
      if (!record) throw new Error("A record that was just made is missing.");
      const outcome = prepareItem(item, record, claims.get(record.id) ?? [], context);
      if ("kind" in outcome) batch.settled.push(outcome);
      else batch.ready.push(outcome);
    }
    await writing;
    return batch;
  });

const reconsiderAll = async (
  client: PoolClient,
  push: OpenPush,
  items: readonly BatchItem[],
  now: Date,
): Promise<readonly BatchItem[]> => {
  const open = items.filter(({ overtaken }) => overtaken === null);
  const reasons = await reconsider(client, push, open, now);
  if (reasons.size === 0) return items;
  return items.map((item) => {
    const reason = reasons.get(item.indicatorId);
    return reason === undefined
      ? item
      : { ...item, overtaken: { reason, isRecalled: false, isEnded: false } };
  });
};

type Size = Pick<PrepareOptions, "requests" | "perRequest" | "requestsAtOnce">;

/** What is removed once more goes record by record: only a few at a time, so that nobody else waits long for the destination. */
const chooseSize = async (client: PoolClient, options: PrepareOptions, first: string): Promise<Size> => {
  const { push, singly, place } = options;
  const mayBeRetried = place.operation === "remove" || place.mayBeSent;
  if (singly === null || !mayBeRetried || !(await findRetried(client, push, [first])).has(first))
    return options;
  return { requests: [singly.request], perRequest: singly.max, requestsAtOnce: 1 };
};

/** As many as go the way of the first. */
const keepSameWay = async (
  client: PoolClient,
  { push, singly, place }: PrepareOptions,
  ids: readonly string[],
): Promise<readonly string[]> => {
  const [first] = ids;
  const mayBeRetried = place.operation === "remove" || place.mayBeSent;
  if (singly === null || !mayBeRetried || first === undefined) return ids;
  const retried = await findRetried(client, push, ids);
  const end = ids.findIndex((id) => retried.has(id) !== retried.has(first));
  return end < 0 ? ids : ids.slice(0, end);
};

/** The request that may leave soonest. */
const findSoonest = async (
  client: PoolClient,
  push: OpenPush,
  [first, ...others]: Size["requests"],
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

/** What may have been sent goes first, then the next items of the operation; what nothing answers goes behind all others. */
const readNext = async (
  client: PoolClient,
  { push, place, failures }: PrepareOptions,
  limit: number,
): Promise<{ ids: string[]; isSentAgain: boolean }> => {
  const sent = place.mayBeSent ? await readSentBefore(client, push.id) : [];
  const fresh = sent.filter((one) => !isSuspect(one)).slice(0, limit);
  if (fresh.length > 0) return { ids: fresh.map(toId), isSentAgain: true };
  // Whether anything is answered one record tells as well as many, of which then nobody would know whether they are there.
  const isProbe = sent.length > 0 && failures > TRIES_IN_PLACE;
  const ids = await readPendingIds(client, push.id, place, isProbe ? 1 : limit);
  if (ids.length > 0 || place.operation !== OPERATIONS.at(-1)) return { ids, isSentAgain: false };
  return { ids: chooseSuspects(sent, { limit, failures }).map(toId), isSentAgain: true };
};

const toId = ({ id }: { id: string }): string => id;

type Removing = {
  items: readonly BatchItem[];
  records: ReadonlyMap<string, RecordRow>;
  claims: ReadonlyMap<string, readonly TeamClaim[]>;
  now: Date;
};

/** Which of the claims that would be left by a removal are to go as well. */
const findUnwanted = (
  client: PoolClient,
  { connectorId }: OpenPush,
  { items, records, claims, now }: Removing,
): Promise<IsUnwanted> => {
  const claimed = items
    .filter(({ operation, overtaken }) => operation === "remove" || overtaken?.isEnded === true)
    .map(({ indicatorId }) => ({
      indicatorId,
      claims: claims.get(records.get(indicatorId)?.id ?? "") ?? [],
    }));
  return findUnwantedClaims(client, connectorId, { claimed, now });
};
