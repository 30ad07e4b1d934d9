import "server-only";

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { AppError } from "@/lib/domain/errors";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import type { Application } from "./applications";
import { isStillSo } from "./as-of";
import { commitBatch } from "./commit-batch";
import { describeWait } from "./describe-wait";
import {
  countOpenItems,
  describeGivenUp,
  finishPush,
  hasOpenItems,
  notePush,
  stopHopeless,
  stopPush,
} from "./finish-push";
import { installationIdentity } from "./installation";
import type { Context } from "./delivery-context";
import { createLanes, type Lanes } from "./lanes";
import { lookBeforeSending } from "@/lib/services/reconcile/look-around";
import { LONGEST_NAP_MS, noteAnswered, waitAfterTrouble, type Interruption } from "./outage";
import { loseOverdue } from "./lose-refused";
import type { Batch, Place } from "./prepare-batch";
import { claimPush, holdPush, noteFailing, pausePush, releasePush, type OpenPush } from "./push-lease";
import { OPERATIONS } from "./read-batch";
import { settleSlot, toTrouble, type Trouble } from "./send-batch";
import { sendOut, type SentOut } from "./send-out";
import { isOutdated } from "./stop-outdated";
import { POLICY_CHANGED } from "./stopped-push";
import { prepare, sizeOf, takeBatch } from "./take-batch";

type Options = {
  signal: AbortSignal;
  /** The worker is to stop: what is under way may end, but no batch is begun any more. */
  stopping?: AbortSignal;
  /** How destinations are opened; tests listen in between. */
  open?: OpenDestination;
};

type Delivering = { signal: AbortSignal; stopping: AbortSignal; open: OpenDestination | undefined };

/** `waiting`: it was given back for a while, and is announced again then. `busy`: another has it, it waits, or it was done before. */
export type DeliveryOutcome = "done" | "stopped" | "waiting" | "busy";

/**
 * Sends what is open of a push, batch by batch, until all items have an outcome, or until it would have to wait for long, as in an
 * outage: then others need the worker more. It stops only where a person has to do something. Safe to call twice, late, or in several
 * workers: one of them works, and where a worker died the next goes on. Throws when told to stop or when the database is away; the push then stays open and is found again.
 */
export const deliverPush = async (
  pushId: string,
  { signal, stopping = NEVER, open }: Options,
): Promise<DeliveryOutcome> => {
  const push = await claimPush(pushId, randomUUID());
  if (!push) return "busy";
  const held = holdPush(push, signal);
  try {
    const end = await deliver(push, { signal: held.signal, stopping, open });
    if (end === null) await finishPush(push);
    else if (end.status === "stopped") await stopPush(push, end.message);
    else {
      await loseOverdue(push, end);
      await pausePush(push, end);
    }
    await relayOutbox();
    return end?.status ?? "done";
  } catch (error) {
    // When the database is away, nothing can be given back; the leases run out by themselves.
    const isStopping = held.signal.aborted || stopping.aborted;
    await (isStopping ? releasePush(push) : endFailing(push)).catch(() => undefined);
    throw error;
  } finally {
    held.stop();
  }
};

/** What fails again and again for a reason that nobody foresaw is left to a person at last: it may keep others away. */
const endFailing = async (push: OpenPush): Promise<void> => {
  const { isHopeless } = await noteFailing(push);
  if (isHopeless) await stopHopeless(push);
};

/** Resolves to null when every item has its outcome. */
const deliver = async (
  push: OpenPush,
  { signal, stopping, open }: Delivering,
): Promise<Interruption | null> => {
  if (push.mayBeOutdated && (await isOutdated(push)))
    return { status: "stopped", message: POLICY_CHANGED.message };
  const notify = (waitMs: number): void => {
    if (waitMs >= SHOWN_WAIT_MS) void noteWait(push, waitMs).catch(() => undefined);
  };
  const lanes = createLanes(push, notify, { longestWaitMs: LONGEST_NAP_MS, open });
  const known = { hasLooked: false, isIntroduced: false, isAwaited: false, hasWaiting: push.hasWaiting };
  const progress = { mayBeSent: true, failures: push.failures, throttles: 0, ...known };
  const own = await openOwn(lanes, { push, signal, progress });
  if ("status" in own) return own;
  const createdByRef = await installationIdentity();
  const taking = AbortSignal.any([signal, stopping]);
  const context: Context = { push, own, lanes, signal, createdByRef, notify, progress, taking };
  for (;;) {
    for (const operation of OPERATIONS) {
      const interruption = await deliverOperation(context, operation);
      if (interruption !== null) return interruption;
    }
    const { open: stillOpen, givenUp } = await countOpenItems(push);
    if (stillOpen === 0)
      return givenUp === 0 ? null : { status: "stopped", message: describeGivenUp(givenUp) };
    // What nothing answered went behind all else.
    progress.mayBeSent = true;
  }
};

const noteWait = async (push: OpenPush, waitMs: number): Promise<void> =>
  notePush(push, await describeWait(push, { requests: [], waitMs }));

const openOwn = async (
  lanes: Lanes,
  waiting: Pick<Context, "push" | "signal" | "progress">,
): Promise<Application | Interruption> => {
  for (;;)
    try {
      return await lanes(0).applications(waiting.push.connectorId);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const interruption = await waitAfterTrouble(waiting, toTrouble(error));
      if (interruption !== null) return interruption;
    }
};

const deliverOperation = async (
  context: Context,
  operation: Place["operation"],
): Promise<Interruption | null> => {
  const { progress, signal, taking } = context;
  if (operation !== "remove") {
    const interruption = await lookAround(context, operation);
    if (interruption !== null) return interruption;
  }
  let place: Place = { operation, after: "0", mayBeSent: progress.mayBeSent };
  let next: Batch | null = null;
  let writing: Promise<void> = NOTHING_TO_WRITE;
  try {
    for (;;) {
      if (next === null) await writing;
      const batch: Batch | Interruption | null = next ?? (await takeBatch(context, place));
      if (batch === null || "status" in batch) return batch;
      const { sent, following } = await sendAndPrepare(context, batch, place);
      await writing;
      const { trouble, unanswered, failure } = sent;
      if (sent.isAnswered) progress.throttles = 0;
      if (sent.isAnswered && (progress.failures > 0 || progress.hasWaiting)) {
        progress.failures = 0;
        progress.hasWaiting = false;
        await noteAnswered(context.push);
      }
      place = placeAfter(batch, place, trouble);
      progress.mayBeSent = place.mayBeSent;
      next = trouble === null && failure === null && !taking.aborted ? following : null;
      writing = writeDown(context, { batch, sent, keepsDestination: next !== null });
      // Whoever awaits it hears of it; until then it is nobody's.
      writing.catch(() => undefined);
      if (next !== null) continue;
      await writing;
      // Only now: what others answered counts all the same.
      if (failure) throw failure.reason;
      if (trouble) {
        const interruption = await waitAfterTrouble(context, trouble, unanswered);
        if (interruption !== null) return interruption;
      } else if (progress.isAwaited) {
        // Whoever waits for the destination asks more often than this, so it is their turn now.
        await sleep(YIELD_MS, undefined, { signal });
      }
    }
  } finally {
    await writing;
  }
};

const NOTHING_TO_WRITE = Promise.resolve();

/** What was turned back before it left keeps its turn: additions must not leave before removals that make room for them. */
const placeAfter = (batch: Batch, { operation, after }: Place, trouble: Trouble | null): Place => ({
  operation,
  after: batch.isSentAgain || trouble !== null ? after : batch.lastId,
  mayBeSent: batch.isSentAgain || trouble !== null,
});

/**
 * Sends a batch and prepares the next meanwhile; the one before is being written down. None has an item in common, and what is
 * prepared leaves no trace before its requests leave, so that it is dropped where something that decided about it changed. What others wait for, and what may be there
 * already, is looked at with nothing under way.
 */
const sendAndPrepare = async (
  context: Context,
  batch: Batch,
  place: Place,
): Promise<{ sent: SentOut; following: Batch | null }> => {
  const { own, progress } = context;
  const besideRequests = Math.max(1, Math.ceil(batch.ready.length / sizeOf(own).perRequest));
  const isLast = batch.isSentAgain || progress.isAwaited;
  const [sent, prepared] = await Promise.allSettled([
    sendOut(context, batch),
    isLast ? null : prepare(context, placeAfter(batch, place, null), besideRequests),
  ]);
  if (sent.status === "rejected") throw sent.reason;
  // What went wrong in preparing is met again by the next try; what was answered is written down first.
  const { value } = prepared.status === "fulfilled" ? prepared : { value: null };
  const following = value && "ready" in value ? value : null;
  const isCurrent = following !== null && (await isStillSo(context.push, following.asOf).catch(() => false));
  return { sent: sent.value, following: isCurrent ? following : null };
};

/** Nothing new goes to a tenant before it was looked what others hold there, where the application could write over it. */
const lookAround = async (context: Context, operation: Place["operation"]): Promise<Interruption | null> => {
  const { push, own, signal, progress } = context;
  while (!progress.hasLooked && (await hasOpenItems(push, operation))) {
    try {
      await lookBeforeSending(own, signal);
      progress.hasLooked = true;
    } catch (error) {
      if (!(error instanceof AppError) || signal.aborted) throw error;
      const trouble = toTrouble(error);
      await settleSlot(own.pacer, trouble);
      const interruption = await waitAfterTrouble(context, trouble);
      if (interruption !== null) return interruption;
    }
  }
  return null;
};

type Writing = { batch: Batch; sent: SentOut; keepsDestination: boolean };

const writeDown = async (
  { push, own, progress }: Context,
  { batch: { screenedBy, asOf }, sent: { settlements }, keepsDestination }: Writing,
): Promise<void> => {
  const { isReadable } = own.destination;
  const { isAwaited, isEnded } = await commitBatch({
    push,
    settlements,
    isReadable,
    screenedBy,
    asOf,
    keepsDestination,
  });
  progress.isAwaited = isAwaited;
  if (isEnded) await relayOutbox();
};

const NEVER = new AbortController().signal;
const YIELD_MS = 60;
const SHOWN_WAIT_MS = 2_000;
