import "server-only";

import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import type { Operation } from "@/lib/connectors/contract";
import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { createApplications, type Application, type Applications } from "./applications";
import { commitBatch } from "./commit-batch";
import { countOpenItems, finishPush, notePush, stopPush } from "./finish-push";
import { installationIdentity } from "./installation";
import { prepareBatch, type Batch, type Place } from "./prepare-batch";
import { claimPush, holdPush, releasePush, type OpenPush } from "./push-lease";
import { OPERATIONS } from "./read-batch";
import { sendBatch, type Sent, type Trouble } from "./send-batch";
import { settleItems } from "./settle-items";

type Options = {
  signal: AbortSignal;
  /** How destinations are opened; tests listen in between. */
  open?: OpenDestination;
};

/** `busy`: another worker has it, or it was done before. */
export type DeliveryOutcome = "done" | "stopped" | "busy";

/**
 * Sends what is open of a push, batch by batch, until all items have an outcome. Safe to call twice, late, or in several
 * workers: one of them works, and where a worker died the next goes on. Throws when told to stop or when the database is away;
 * the push then stays open and is found again.
 */
export const deliverPush = async (pushId: string, { signal, open }: Options): Promise<DeliveryOutcome> => {
  const push = await claimPush(pushId, randomUUID());
  if (!push) return "busy";
  const held = holdPush(push, signal);
  try {
    const problem = await deliver(push, held.signal, open);
    if (problem === null) await finishPush(push);
    else await stopPush(push, problem);
    await relayOutbox();
    return problem === null ? "done" : "stopped";
  } catch (error) {
    // When the database is away, nothing can be given back; the leases run out by themselves.
    await releasePush(push, { isStopping: held.signal.aborted }).catch(() => undefined);
    throw error;
  } finally {
    held.stop();
  }
};

/** Resolves to null when every item has its outcome, else to what a person must do first. */
const deliver = async (
  push: OpenPush,
  signal: AbortSignal,
  open: OpenDestination | undefined,
): Promise<string | null> => {
  const notify = (waitMs: number): void => {
    if (waitMs >= SHOWN_WAIT_MS) void notePush(push, waitingUntil(waitMs)).catch(() => undefined);
  };
  const applications = createApplications(notify, open);
  let own: Application;
  try {
    own = await applications(push.connectorId);
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  const createdByRef = await installationIdentity();
  const progress = { mayBeSent: true, failures: 0 };
  const context: Context = { push, own, applications, signal, createdByRef, notify, progress };
  do {
    for (const operation of OPERATIONS) {
      const problem = await deliverOperation(context, operation);
      if (problem !== null) return problem;
    }
  } while ((await countOpenItems(push)) > 0);
  return null;
};

type Context = {
  push: OpenPush;
  own: Application;
  applications: Applications;
  signal: AbortSignal;
  createdByRef: string;
  notify: (waitMs: number) => void;
  progress: {
    /** Some items may have been sent without our knowing the answer; they go first. */
    mayBeSent: boolean;
    /** Requests that failed in a row, without any item judged in between. */
    failures: number;
  };
};

type PlannedOperation = (typeof OPERATIONS)[number];

const deliverOperation = async (context: Context, operation: PlannedOperation): Promise<string | null> => {
  const { progress, signal } = context;
  for (let after = "0"; ;) {
    const batch = await takeBatch(context, { operation, after, mayBeSent: progress.mayBeSent });
    if (batch === null) return null;
    const { trouble, hasProgress, isAwaited } = await carryOut(context, batch);
    if (!batch.isSentAgain) after = batch.lastId;
    progress.mayBeSent = batch.isSentAgain || trouble !== null;
    if (hasProgress) progress.failures = 0;
    if (trouble) {
      const problem = await waitAfterTrouble(context, trouble);
      if (problem !== null) return problem;
    } else if (isAwaited) {
      // Whoever waits for the destination asks more often than this, so it is their turn now.
      await sleep(YIELD_MS, undefined, { signal });
    }
  }
};

const takeBatch = async (
  { push, own, signal, createdByRef, notify }: Context,
  place: Place,
): Promise<Batch | null> => {
  const { ownership, limits } = own.destination;
  const limit = Math.min(limits.maxPerPush, limits.maxPerWithdraw);
  const request = mainRequest(push.kind, place.operation);
  for (;;) {
    signal.throwIfAborted();
    const { deviceGroups } = own.access;
    const surroundings = { appUrl: env().APP_URL, createdByRef, deviceGroups, now: new Date() };
    const batch = await prepareBatch({ push, request, ownership, limit, surroundings, place });
    if (batch === null || !("busyMs" in batch)) return batch;
    if (batch.busyMs !== null) notify(batch.busyMs);
    const napMs = Math.min(batch.busyMs ?? POLL_MS + Math.random() * POLL_MS, LONGEST_NAP_MS);
    await sleep(napMs, undefined, { signal });
  }
};

const carryOut = async (
  { push, own, applications, signal }: Context,
  batch: Batch,
): Promise<{ trouble: Trouble | null; hasProgress: boolean; isAwaited: boolean }> => {
  const { connectorId } = push;
  const { ownership, isReadable } = own.destination;
  const { outcomes, trouble } = await sendBatch(batch.ready, {
    applications,
    connectorId,
    ownership,
    signal,
  });
  const settlements = settleItems(batch, outcomes, connectorId);
  const unsentIds = batch.isSentAgain ? [] : findUntouched(outcomes);
  const { isAwaited } = await commitBatch({ push, settlements, unsentIds, isReadable, now: new Date() });
  return { trouble, hasProgress: settlements.length > 0, isAwaited };
};

/** The items of a batch that for certain never reached the destination. */
const findUntouched = (outcomes: ReadonlyMap<string, Sent>): string[] =>
  [...outcomes].flatMap(([id, sent]) => (sent.status === "open" && sent.isUntouched ? [id] : []));

/** Resolves to null when another try may help, else to what a person must know. */
const waitAfterTrouble = async (
  { push, signal, progress }: Context,
  { message, retry, waitMs }: Trouble,
): Promise<string | null> => {
  if (retry === "never") return message;
  if (waitMs !== null) {
    // The bucket knows how long; whoever asks for the next batch waits for it.
    await notePush(push, `${message} Sending goes on by itself.`);
    return null;
  }
  progress.failures += 1;
  if (progress.failures >= MAX_FAILURES)
    return `${message} It was tried ${String(MAX_FAILURES)} times. Nothing is lost: resume the push when the destination answers again.`;
  await notePush(push, `${message} It is tried again.`);
  const backOffMs = Math.min(MAX_BACK_OFF_MS, BACK_OFF_MS * 2 ** (progress.failures - 1));
  await sleep(backOffMs * (0.5 + Math.random() / 2), undefined, { signal });
  return null;
};

const mainRequest = (kind: OpenPush["kind"], operation: (typeof OPERATIONS)[number] | null): Operation => {
  if (kind === "sentinel") return "sentinel.upload";
  return operation === "remove" ? "defender.batchDelete" : "defender.import";
};

const waitingUntil = (waitMs: number): string => {
  const at = new Date(Date.now() + waitMs).toISOString().slice(11, 19);
  return `Waiting for the published rate limit; sending goes on at ${at} UTC.`;
};

const POLL_MS = 15;
const YIELD_MS = 60;
const LONGEST_NAP_MS = 5_000;
const SHOWN_WAIT_MS = 2_000;
const BACK_OFF_MS = 500;
const MAX_BACK_OFF_MS = 15_000;
const MAX_FAILURES = 6;
