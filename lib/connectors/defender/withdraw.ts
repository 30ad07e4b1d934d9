import { AppError } from "@/lib/domain/errors";
import { recordScope } from "@/lib/domain/selection/policy";

import type { ItemOutcome, OnSplit, Operation, Receipt, WithdrawnRecord } from "../contract";
import { deferredBy, sendIsolating, sendSingly, tellById, type Verdict } from "../isolate";
import { readVendorFault, toVendorFailure } from "../vendor-failure";
import { DEFENDER_REMEDIES, type DefenderClient } from "./client";
import { expireAtDefender } from "./expire";
import { DEFENDER_LIMITS } from "./limits";
import { listUntil } from "./list-until";
import { toRemoteRecord } from "./map";
import { toRejection } from "./read-answer";
import type { ListedIndicator } from "./wire";

export type WithdrawOptions = {
  clientId: string;
  now: () => Date;
  /** What time it is there. */
  theirNow: (signal?: AbortSignal) => Promise<Date>;
  onSplit?: OnSplit | undefined;
};
type Target = { place: number; indicatorId: string; remoteId: string };

/** `batch` and `single` delete, and `expire` lets end by an update what no deletion removed. */
type Way = "batch" | "single" | "expire";

const wayOf = ({ attempt }: Pick<WithdrawnRecord, "attempt">, usual: "batch" | "single"): Way => {
  if (attempt >= 2) return "expire";
  return attempt === 1 ? "single" : usual;
};

/** What carries the removals of an attempt, and how many of them at a time. */
export const removalBy = (attempt: number): { operation: Operation; max: number } =>
  CARRIED_BY[wayOf({ attempt }, "batch")];

const CARRIED_BY = {
  batch: { operation: "defender.batchDelete", max: DEFENDER_LIMITS.batchDelete.maxItems },
  single: { operation: "defender.delete", max: DEFENDER_LIMITS.submit.maxItems },
  expire: { operation: "defender.import", max: DEFENDER_LIMITS.import.maxItems },
} as const;

/**
 * Ends records at Defender, each the way that its attempt is for. One that is not there any more counts as accepted. Receipts in the
 * order given; a way that fails as a whole leaves its records deferred once others were judged.
 */
export const withdrawFromDefender = async (
  client: DefenderClient,
  batch: readonly WithdrawnRecord[],
  { usual = "batch", ...options }: WithdrawOptions & { usual?: "batch" | "single" },
  signal?: AbortSignal,
): Promise<Receipt[]> => {
  const receipts = new Map<string, Receipt>();
  for (const way of ["batch", "single", "expire"] as const) {
    const part = batch.filter((record) => wayOf(record, usual) === way);
    if (part.length === 0) continue;
    try {
      for (const receipt of await WAYS[way](client, part, options, signal))
        receipts.set(receipt.indicatorId, receipt);
    } catch (error) {
      if (!(error instanceof AppError) || receipts.size === 0) throw error;
      const outcome = deferredBy(error);
      for (const { indicatorId } of part) receipts.set(indicatorId, { indicatorId, outcome });
    }
  }
  return batch.map(({ indicatorId }) => receipts.get(indicatorId) ?? { indicatorId, outcome: gone(null) });
};

/** Deletes records in batches. */
const deleteBatches = async (
  client: DefenderClient,
  batch: readonly WithdrawnRecord[],
  options: WithdrawOptions,
  signal?: AbortSignal,
): Promise<Receipt[]> => {
  const ids = await findIds(client, batch, options.clientId, signal);
  const targets = batch.flatMap(({ indicatorId }, place) => {
    const remoteId = ids[place] ?? null;
    return remoteId === null ? [] : [{ place, indicatorId, remoteId }];
  });
  const outcomes = await sendIsolating(targets, {
    send: (part) => send(client, part, options.now, signal),
    findOffender: (part, failure) => findNamedId(part, failure.message),
    maxRequests: DEFENDER_LIMITS.maxRequestsPerBatch,
    signal,
    onSplit: tellById(
      targets.map(({ indicatorId }) => indicatorId),
      options.onSplit,
    ),
  });
  const byPlace = new Map(targets.map(({ place }, index) => [place, outcomes[index]]));
  return batch.map(({ indicatorId }, place) => ({
    indicatorId,
    outcome: byPlace.get(place) ?? gone(null),
  }));
};

/** Deletes each record by a request of its own. */
const deleteEach = async (
  client: DefenderClient,
  batch: readonly WithdrawnRecord[],
  { clientId, now, onSplit }: WithdrawOptions,
  signal?: AbortSignal,
): Promise<Receipt[]> => {
  const ids = await findIds(client, batch, clientId, signal);
  const outcomes = await sendSingly(
    ids,
    (remoteId) =>
      remoteId === null ? Promise.resolve(gone(null)) : deleteOne(client, remoteId, now, signal),
    {
      signal,
      onSplit: tellById(
        batch.map(({ indicatorId }) => indicatorId),
        onSplit,
      ),
    },
  );
  return batch.map(({ indicatorId }, place) => ({ indicatorId, outcome: outcomes[place] ?? gone(null) }));
};

const deleteOne = async (
  client: DefenderClient,
  remoteId: string,
  now: () => Date,
  signal?: AbortSignal,
): Promise<ItemOutcome> => {
  const answer = await client.deleteOne(remoteId, signal);
  if ((answer.status >= 200 && answer.status < 300) || answer.status === 404) return gone(remoteId);
  const { message } = readVendorFault(answer);
  if (answer.status === 400 || isAboutRecord(answer.status, message)) return toRejection(message);
  throw toVendorFailure(answer, DEFENDER_REMEDIES, now());
};

// 403 is said of single records outside the application's device groups too, not only of an application without rights.
const isAboutRecord = (status: number, message: string): boolean =>
  status === 403 && !/missing application roles/i.test(message);

/** The remote id of each record. Where an answer was lost on the way it is looked up among our own; null when there is none. */
const findIds = async (
  client: DefenderClient,
  batch: readonly WithdrawnRecord[],
  clientId: string,
  signal?: AbortSignal,
): Promise<(string | null)[]> => {
  if (batch.every(({ remoteId }) => remoteId !== null)) return batch.map(({ remoteId }) => remoteId);
  const found = new Map<string, string>();
  const findId = (record: WithdrawnRecord): string | null =>
    record.remoteId ?? found.get(nameOf(record)) ?? null;
  const see = (listed: ListedIndicator): void => {
    const record = toRemoteRecord(listed, clientId);
    if (record.isOurs && record.externalId !== null) found.set(nameOf(record), record.remoteId);
  };
  await listUntil(client, { see, isEnough: () => batch.every((record) => findId(record) !== null) }, signal);
  return batch.map(findId);
};

/** What tells a record whose id was lost from another one of the same value, that of another connector: its device groups. */
const nameOf = ({
  externalId,
  deviceGroups,
}: {
  externalId: string | null;
  deviceGroups: readonly string[] | null;
}): string => JSON.stringify([externalId, recordScope(deviceGroups ?? [])]);

const send = async (
  client: DefenderClient,
  targets: readonly Target[],
  now: () => Date,
  signal?: AbortSignal,
): Promise<Verdict> => {
  const answer = await client.deleteBatch(
    targets.map(({ remoteId }) => remoteId),
    signal,
  );
  if (answer.status >= 200 && answer.status < 300) {
    return { status: "answered", outcomes: targets.map(({ remoteId }) => gone(remoteId)) };
  }
  const failure = toVendorFailure(answer, DEFENDER_REMEDIES, now());
  const { message } = readVendorFault(answer);
  const refused: Verdict = { status: "refused", failure, rejection: toRejection(message) };
  if (answer.status === 404) return sortOut(client, targets, refused, signal);
  if (answer.status === 400 || isAboutRecord(answer.status, message)) return refused;
  throw failure;
};

/** After a 404, which does not say whether the others were deleted: those that the list no longer shows are gone. */
const sortOut = async (
  client: DefenderClient,
  targets: readonly Target[],
  refused: Verdict,
  signal?: AbortSignal,
): Promise<Verdict> => {
  const [only] = targets;
  if (targets.length === 1 && only) return { status: "answered", outcomes: [gone(only.remoteId)] };
  const visible = new Set<string>();
  for await (const page of client.listPages(signal)) for (const { id } of page) visible.add(id);
  const outcomes = targets.map(({ remoteId }) => (visible.has(remoteId) ? null : gone(remoteId)));
  return outcomes.every((outcome) => outcome === null) ? refused : { status: "answered", outcomes };
};

const findNamedId = (targets: readonly Target[], message: string): number | null => {
  const numbers = new Set(message.match(/\d+/g) ?? []);
  const places = targets.flatMap(({ remoteId }, place) => (numbers.has(remoteId) ? [place] : []));
  return places.length === 1 ? (places[0] ?? null) : null;
};

const WAYS = { batch: deleteBatches, single: deleteEach, expire: expireAtDefender } as const;

const gone = (remoteId: string | null): ItemOutcome => ({ status: "accepted", remoteId });
