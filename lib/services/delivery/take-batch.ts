import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import type { Operation, Singly } from "@/lib/connectors/contract";
import { env } from "@/lib/env/server";
import { textLimits } from "@/lib/services/connectors/text-limits";

import type { Application } from "./applications";
import type { Context } from "./delivery-context";
import { A_MINUTE_MS, describeWait } from "./describe-wait";
import { LONGEST_NAP_MS, type Interruption } from "./outage";
import { prepareBatch, type Batch, type Place } from "./prepare-batch";
import type { OpenPush } from "./push-lease";

/** Prepares the next batch of a push; `besideRequests` as for `prepareBatch`. */
export const prepare = (
  { push, own, createdByRef, progress }: Context,
  place: Place,
  besideRequests: number | null,
) => {
  const { ownership, singly } = own.destination;
  const requests = requestsFor(push, singly, place.operation);
  const { deviceGroups } = own.access;
  const texts = { appUrl: env().APP_URL, textLimits: textLimits(push.kind) };
  const surroundings = { ...texts, createdByRef, deviceGroups };
  const { failures } = progress;
  const options = { push, requests, ownership, surroundings, place, besideRequests, failures };
  const alone = singly && { request: SINGLE_REMOVAL, max: singly.max };
  return prepareBatch({ ...options, ...sizeOf(own), singly: alone });
};

/** Prepares the next batch as soon as its turn has come. An interruption where that would be long. */
export const takeBatch = async (context: Context, place: Place): Promise<Batch | Interruption | null> => {
  const { push, taking, notify } = context;
  for (const askedAt = Date.now(); ;) {
    taking.throwIfAborted();
    const batch = await prepare(context, place, null);
    if (batch === null) return batch;
    if ("stoppedBecause" in batch)
      return { status: "waiting", waitMs: STOPPED_LOOK_MS, message: batch.stoppedBecause };
    if (!("busyMs" in batch)) return batch;
    if (batch.busyMs === null && Date.now() - askedAt > LONGEST_NAP_MS)
      return { status: "waiting", waitMs: LONGEST_NAP_MS, message: DESTINATION_BUSY };
    const napMs = batch.busyMs ?? POLL_MS + Math.random() * POLL_MS;
    if (napMs > LONGEST_NAP_MS) {
      const message = await describeWait(push, { requests: waitedFor(context, place), waitMs: napMs });
      return { status: "waiting", waitMs: napMs, message, isPutOff: napMs > A_MINUTE_MS };
    }
    if (batch.busyMs !== null) notify(batch.busyMs);
    await sleep(napMs, undefined, { signal: taking });
  }
};

/** How many records a request to an application's destination carries, and how many requests may be under way at once. */
export const sizeOf = ({ destination: { limits } }: Application) => ({
  perRequest: Math.min(limits.maxPerPush, limits.maxPerWithdraw),
  requestsAtOnce: limits.requestsAtOnce,
});

const SINGLE_REMOVAL: Operation = "defender.delete";

/** A few that are urgent do not wait behind the batches of others, where there are requests for one. */
const requestsFor = (
  { kind, isUrgent, planned }: OpenPush,
  singly: Singly | null,
  operation: Place["operation"],
): readonly [Operation, ...Operation[]] => {
  if (kind === "sentinel") return ["sentinel.upload"];
  const [single, many]: [Operation, Operation] =
    operation === "remove"
      ? ["defender.delete", "defender.batchDelete"]
      : ["defender.submit", "defender.import"];
  return isUrgent && singly !== null && planned <= singly.max ? [single, many] : [many];
};

/** What removes once more goes by single requests. */
const waitedFor = (
  { push, own: { destination } }: Pick<Context, "push" | "own">,
  { operation }: Place,
): readonly Operation[] => [
  ...requestsFor(push, destination.singly, operation),
  ...(operation === "remove" && destination.singly !== null ? [SINGLE_REMOVAL] : []),
];

const DESTINATION_BUSY = "Another push sends to the same destination; this one goes on by itself.";

const POLL_MS = 15;
/** Switching on wakes what waits; this is for what began to wait at that very moment. */
const STOPPED_LOOK_MS = 30_000;
