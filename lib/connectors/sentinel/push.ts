import { ENDS_TOO_EARLY } from "@/lib/domain/delivery/refusal";

import type { ItemOutcome, OnSplit, OutgoingRecord, Receipt, WithdrawnRecord } from "../contract";
import { sendIsolating, tellById, type Verdict } from "../isolate";
import { toLocalRejection } from "../local-rejection";
import { readVendorFault, toVendorFailure } from "../vendor-failure";
import { SENTINEL_REMEDIES, type SentinelClient } from "./client";
import { SENTINEL_LIMITS } from "./limits";
import { toEndedIndicator, toRemoteId, toStixIndicator } from "./map";
import { listsRefusals, readUploadAnswer, toRejection } from "./read-answer";
import type { StixIndicator } from "./stix";
import { sentinelUnsupported } from "./unsupported";

export type UploadOptions = { sourceSystem: string; now: () => Date };
type Prepared = { object: StixIndicator } | { refusal: ItemOutcome };

/** Creates or updates records at Sentinel; what it is known to refuse is not sent. Receipts in the order given. */
export const pushToSentinel = (
  client: SentinelClient,
  batch: readonly OutgoingRecord[],
  options: UploadOptions,
  signal?: AbortSignal,
  onSplit?: OnSplit,
): Promise<Receipt[]> =>
  upload(client, batch, (record) => prepare(record, options.now), options, signal, onSplit);

/** `there`: what time it is for Sentinel. */
type EndOptions = UploadOptions & { there: Date };

/** Ends records at Sentinel by uploading them with an end; the API has no delete. Receipts in the order given. */
export const withdrawFromSentinel = (
  client: SentinelClient,
  batch: readonly WithdrawnRecord[],
  { there, ...options }: EndOptions,
  signal?: AbortSignal,
  onSplit?: OnSplit,
): Promise<Receipt[]> => {
  // What ended by a clock of ours that is ahead would hold there until then.
  const end = ({ endedAt }: WithdrawnRecord): Date => (endedAt < there ? endedAt : there);
  return upload(
    client,
    batch,
    (record) => ({ object: toEndedIndicator({ ...record, endedAt: end(record) }) }),
    options,
    signal,
    onSplit,
  );
};

const upload = async <T extends { indicatorId: string }>(
  client: SentinelClient,
  batch: readonly T[],
  toPrepared: (record: T) => Prepared,
  { sourceSystem, now }: UploadOptions,
  signal?: AbortSignal,
  onSplit?: OnSplit,
): Promise<Receipt[]> => {
  const prepared = batch.map(toPrepared);
  const objects = prepared.flatMap((one) => ("object" in one ? [one.object] : []));
  const ids = batch.flatMap(({ indicatorId }, place) =>
    "object" in (prepared[place] ?? {}) ? [indicatorId] : [],
  );
  const outcomes = await sendIsolating(objects, {
    send: (part) => send(client, part, { sourceSystem, now }, signal),
    findOffender: (part, failure) => findNamedId(part, failure.message),
    maxRequests: SENTINEL_LIMITS.maxRequestsPerBatch,
    signal,
    onSplit: tellById(ids, onSplit),
  });
  const answered = outcomes.values();
  return batch.map(({ indicatorId }, place) => {
    const one = prepared[place];
    const outcome = one && "refusal" in one ? one.refusal : answered.next().value;
    return { indicatorId, outcome: outcome ?? NOT_SENT };
  });
};

const prepare = (record: OutgoingRecord, now: () => Date): Prepared => {
  const unsupported = sentinelUnsupported(record);
  if (unsupported !== null) return { refusal: toLocalRejection(unsupported.message, "invalid") };
  if (record.validUntil <= now()) return { refusal: toLocalRejection(ENDS_TOO_EARLY.beforeSent, "expired") };
  if (record.validUntil <= record.validFrom)
    return { refusal: toLocalRejection(ENDS_TOO_EARLY.beforeBegin, "expired") };
  return { object: toStixIndicator(record) };
};

const send = async (
  client: SentinelClient,
  objects: readonly StixIndicator[],
  { sourceSystem, now }: UploadOptions,
  signal?: AbortSignal,
): Promise<Verdict> => {
  const answer = await client.upload(objects, signal);
  const remoteIds = objects.map(({ id }) => toRemoteId(sourceSystem, id));
  if (answer.status >= 200 && answer.status < 300) {
    return { status: "answered", outcomes: readUploadAnswer(remoteIds, answer) };
  }
  const failure = toVendorFailure(answer, SENTINEL_REMEDIES, now());
  if (answer.status !== 400) throw failure;
  // Of a refused request nothing is stored: those it names are settled, the others go again.
  if (listsRefusals(answer.json)) {
    const outcomes = readUploadAnswer(remoteIds, answer).map((outcome) =>
      outcome?.status === "accepted" ? null : outcome,
    );
    return { status: "answered", outcomes, isNothingStored: true };
  }
  return { status: "refused", failure, rejection: toRejection(readVendorFault(answer).message) };
};

const findNamedId = (objects: readonly StixIndicator[], message: string): number | null => {
  const places = objects.flatMap(({ id }, place) => (message.includes(id) ? [place] : []));
  return places.length === 1 ? (places[0] ?? null) : null;
};

const NOT_SENT: ItemOutcome = { status: "deferred", reason: "It was not sent.", retryAfterMs: null };
