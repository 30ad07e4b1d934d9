import "server-only";

import type { ItemOutcome, KnownCapacity, Maker, OnSplit, Receipt } from "@/lib/connectors/contract";
import { isDenied, isThrottle, waitOf } from "@/lib/connectors/vendor-failure";
import type { RefusalCode } from "@/lib/domain/delivery/refusal";
import { AppError, type Retry } from "@/lib/domain/errors";

import type { Application, Applications } from "./applications";
import type { AsOf } from "./as-of";
import type { Departures } from "./departures";
import type { IsOurMaker } from "@/lib/services/reconcile/foreign-records";
import type { EndedRecord } from "./note-ended";
import { isOwnLimit } from "./pace";
import type { ReadyItem } from "./prepare-item";

/** What became of one item. `open` was not judged and is sent again. */
export type Sent =
  /** `endedId`: the id of what stood there before and was taken away; null where nothing was, or it has none that is known. */
  | { status: "accepted"; remoteId: string | null; endedId: string | null }
  /** `isGone`: what stood there before was taken away already. */
  | ({ status: "rejected"; reason: string; code: RefusalCode; capacity: KnownCapacity | null } & Ended)
  /** The record's maker cannot sign in any more. */
  | ({ status: "orphaned" } & Ended)
  /** Somebody else made what stands there. `remoteId`: the record that took what we sent; null where nothing was sent. */
  | { status: "foreign"; maker: Maker; remoteId: string | null; isGone: boolean }
  /** Whether it left at all is written with the item. */
  | { status: "open" };

type Ended = { isGone: boolean; endedId: string | null };

/** Why items are open, and whether another try may help before a person does something. */
export type Trouble = {
  message: string;
  retry: Retry;
  waitMs: number | null;
  cause: Cause;
};

/**
 * `unanswered`: it left and was not answered as it should be. `throttled`: the service answered that it is to wait, which says nothing of
 * what was sent. `kept`: it did not leave, by a limit of ours or because somebody decided so. `full`: there was no room, and may be soon.
 */
type Cause = "unanswered" | "throttled" | "kept" | "full";

export type SentBatch = {
  outcomes: ReadonlyMap<string, Sent>;
  trouble: Trouble | null;
  /** What the request carried that left and was not answered. */
  unanswered: readonly string[];
};

export type SendOptions = {
  applications: Applications;
  /** The connector whose push this is. */
  connectorId: string;
  ownership: "application" | "shared";
  /** By requests of one record each. */
  isSingly: boolean;
  departures: Departures;
  isOurMaker: IsOurMaker;
  /** Its items may have been sent before, so that no refusal tells that they are not there. */
  isSentAgain: boolean;
  /** By what it was decided what leaves. */
  asOf: AsOf;
  signal: AbortSignal;
};

/**
 * Sends one batch: first what is taken back, then what is to stand, each by the application that may. Only an item's own
 * result counts as its outcome. Throws only when it is told to stop.
 */
export const sendBatch = async (ready: readonly ReadyItem[], options: SendOptions): Promise<SentBatch> => {
  const ends = await runStage(ready.flatMap(toEndTask), options);
  const isEnded = ({ item, withdraw }: ReadyItem): boolean =>
    withdraw === null || ends.results.get(item.indicatorId)?.status === "accepted";
  const puts = ends.trouble
    ? NOTHING_DONE
    : await runStage(ready.filter(isEnded).flatMap(toPutTask), options);
  // Whoever is to try their making again deletes none once more.
  if (ends.trouble ?? puts.trouble)
    await options.departures.noteEnded(ready.flatMap((one) => toEnded(one, ends, puts)));
  const outcomes = ready.map((one) => {
    const { indicatorId } = one.item;
    const isGone = one.withdraw !== null && isEnded(one);
    const end = ends.results.get(indicatorId);
    const endedId = end?.status === "accepted" ? end.remoteId : null;
    const decisive = isEnded(one) && one.put !== null ? puts.results : ends.results;
    return [indicatorId, toSent(decisive.get(indicatorId), { isGone, endedId }, options)] as const;
  });
  const { trouble, unanswered } = ends.trouble ? ends : puts;
  return { outcomes: new Map(outcomes), trouble, unanswered };
};

type Task = {
  indicatorId: string;
  by: string;
  stage: "withdraw" | "push";
  one: ReadyItem;
};
type StageOutcome = ItemOutcome | { status: "orphaned" };
type StageResult = Omit<SentBatch, "outcomes"> & { results: ReadonlyMap<string, StageOutcome> };

/** What was taken away to be made anew, while nobody judged its making. */
const toEnded = ({ item, record, put }: ReadyItem, ends: StageResult, puts: StageResult): EndedRecord[] => {
  const end = ends.results.get(item.indicatorId);
  const made = puts.results.get(item.indicatorId)?.status ?? "deferred";
  if (put === null || end?.status !== "accepted" || end.remoteId === null || made !== "deferred") return [];
  return [{ recordId: record.id, remoteId: end.remoteId }];
};

const NOTHING_DONE: StageResult = { results: new Map(), trouble: null, unanswered: [] };

const toEndTask = (one: ReadyItem): Task[] =>
  one.withdraw ? [{ indicatorId: one.item.indicatorId, by: one.withdraw.by, stage: "withdraw", one }] : [];

const toPutTask = (one: ReadyItem): Task[] =>
  one.put ? [{ indicatorId: one.item.indicatorId, by: one.put.by, stage: "push", one }] : [];

const runStage = async (tasks: readonly Task[], options: SendOptions): Promise<StageResult> => {
  const results = new Map<string, StageOutcome>();
  for (const [executor, part] of groupByExecutor(tasks)) {
    const tried = await tryPart(executor, part, options);
    for (const { indicatorId, outcome } of tried.receipts) results.set(indicatorId, outcome);
    if (tried.isDead) for (const { indicatorId } of part) results.set(indicatorId, { status: "orphaned" });
    if (tried.trouble) return { results, trouble: tried.trouble, unanswered: tried.unanswered };
  }
  return { ...NOTHING_DONE, results };
};

type Tried = Omit<SentBatch, "outcomes"> & { receipts: readonly Receipt[]; isDead: boolean };

/** Another team's dead credential is that record's trouble, not this push's; where all may write, our own does it instead. */
const tryPart = async (executor: string, part: readonly Task[], options: SendOptions): Promise<Tried> => {
  options.departures.begin();
  const tried = await sendPart(executor, part, options);
  if (executor === options.connectorId) return { ...tried, isDead: false };
  if (tried.trouble?.retry === "never" && options.ownership === "shared")
    return sendPart(options.connectorId, part, options);
  return tried.isDead ? { ...tried, trouble: null } : tried;
};

const sendPart = async (executor: string, part: readonly Task[], options: SendOptions): Promise<Tried> => {
  let application: Application | null = null;
  try {
    application = await options.applications(executor);
    const receipts = await request(application, part, options);
    // Before the slot is settled: a wait that the service asked for is of the operation that took it.
    const trouble = await findDeferral(application, receipts);
    if (trouble) await takeBackRefused(part, options);
    await application.pacer.settle();
    return { receipts, trouble, unanswered: findUnanswered(receipts, options), isDead: false };
  } catch (error) {
    if (!(error instanceof AppError) || options.signal.aborted) throw error;
    const trouble = toTrouble(error);
    if (application) await settleSlot(application.pacer, trouble);
    await takeBackRefused(part, options);
    const unanswered = trouble.cause === "unanswered" ? options.departures.findLast() : [];
    return { receipts: [], trouble, unanswered, isDead: isDenied(error) };
  }
};

/** What the last request carried and nobody judged. */
const findUnanswered = (receipts: readonly Receipt[], { departures }: SendOptions): string[] => {
  const deferred = receipts.filter(({ outcome }) => outcome.status === "deferred");
  if (deferred.length === 0) return [];
  const last = new Set(departures.findLast());
  return deferred.flatMap(({ indicatorId }) => (last.has(indicatorId) ? [indicatorId] : []));
};

const request = async (
  { destination }: Application,
  part: readonly Task[],
  options: SendOptions,
): Promise<Receipt[]> => {
  const { isSingly, signal, departures, asOf } = options;
  const { push, withdraw } = (isSingly ? destination.singly : null) ?? destination;
  departures.load({ indicatorIds: part.map(toId), asOf });
  const onSplit: OnSplit = async ({ unsent, next }) => {
    await takeBack(part, unsent, options);
    departures.load({ indicatorIds: next, asOf });
  };
  const ends = part.flatMap(({ stage, one }) =>
    stage === "withdraw" && one.withdraw ? [one.withdraw.record] : [],
  );
  if (ends.length > 0) return withdraw(ends, signal, onSplit);
  const puts = part.flatMap(({ one }) => (one.put ? [one.put.record] : []));
  return push(puts, signal, onSplit);
};

const toId = ({ indicatorId }: Task): string => indicatorId;

/**
 * Of a request that was refused as a whole, or reached nobody, nothing was stored. Whatever else went wrong says nothing of that, an
 * answer that cannot be read included.
 */
const takeBackRefused = async (part: readonly Task[], options: SendOptions): Promise<void> => {
  const refused = options.departures.findRefused();
  if (refused === null) return;
  // A deletion that knows one of its ids no more may have deleted the others.
  if (refused.status === 404 && part[0]?.stage === "withdraw") return;
  await takeBack(part, refused.ids, options);
};

/** What was deleted to be made anew has left, whatever becomes of its making. */
const takeBack = async (
  part: readonly Task[],
  unsent: readonly string[],
  { departures, isSentAgain }: SendOptions,
): Promise<void> => {
  if (isSentAgain) return;
  const ended = new Set(part.filter(({ stage, one }) => stage === "push" && one.withdraw !== null).map(toId));
  await departures.takeBack(unsent.filter((id) => !ended.has(id)));
};

/** Why some were not judged, if any were not; a wait that the service asked for is kept by all. */
export const findDeferral = async (
  { pacer }: Pick<Application, "pacer">,
  receipts: readonly Receipt[],
): Promise<Trouble | null> => {
  for (const { outcome } of receipts) {
    if (outcome.status !== "deferred") continue;
    const { reason, isThrottled = false } = outcome;
    const waitMs = outcome.retryAfterMs ?? (isThrottled ? DEFAULT_WAIT_MS : null);
    if (waitMs !== null) await pacer.block(waitMs);
    return { message: reason, retry: "later", waitMs, cause: isThrottled ? "throttled" : "unanswered" };
  }
  return null;
};

/** A vendor that throttles without naming a time. */
const DEFAULT_WAIT_MS = 30_000;

/** Gives back the slot of a request that failed, or waits with all others as long as the service asked. */
export const settleSlot = (pacer: Application["pacer"], { waitMs }: Trouble): Promise<void> =>
  waitMs === null ? pacer.settle() : pacer.block(waitMs);

/** What a request that failed as a whole means for what is still to be sent. */
export const toTrouble = (error: AppError): Trouble => {
  const { message, retry } = error;
  return {
    message,
    retry,
    waitMs: waitOf(error) ?? (isThrottle(error) ? DEFAULT_WAIT_MS : null),
    cause: causeOf(error),
  };
};

const causeOf = (error: AppError): Cause => {
  // What was kept from leaving, by the stop switch or by a later decision, is a conflict.
  if (error.code === "conflict" || isOwnLimit(error)) return "kept";
  return isThrottle(error) ? "throttled" : "unanswered";
};

const toSent = (
  outcome: StageOutcome | undefined,
  ended: Ended,
  { isOurMaker }: Pick<SendOptions, "isOurMaker">,
): Sent => {
  switch (outcome?.status) {
    case "accepted":
      if (outcome.maker && !isOurMaker(outcome.maker.id))
        return { status: "foreign", maker: outcome.maker, remoteId: outcome.remoteId, isGone: ended.isGone };
      return { status: "accepted", remoteId: outcome.remoteId, endedId: ended.endedId };
    case "rejected":
      return {
        status: "rejected",
        reason: outcome.reason,
        code: outcome.code,
        capacity: outcome.capacity,
        ...ended,
      };
    case "orphaned":
      return { status: "orphaned", ...ended };
    case "deferred":
    case undefined:
      return { status: "open" };
  }
};

const groupByExecutor = (tasks: readonly Task[]): ReadonlyMap<string, Task[]> => {
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    const known = groups.get(task.by);
    if (known) known.push(task);
    else groups.set(task.by, [task]);
  }
  return groups;
};
