import { ENDS_TOO_EARLY } from "@/lib/domain/delivery/refusal";

import type { ItemOutcome, OnSplit, OutgoingRecord, Receipt } from "../contract";
import { sendIsolating, sendSingly, tellById } from "../isolate";
import { toLocalRejection } from "../local-rejection";
import { readVendorFault, toVendorFailure } from "../vendor-failure";
import { DEFENDER_REMEDIES, type DefenderClient } from "./client";
import { DEFENDER_LIMITS } from "./limits";
import { toImportItem } from "./map";
import { findNamedValue, readSubmitAnswer, toRejection } from "./read-answer";
import { defenderUnsupported } from "./unsupported";
import { sendImport } from "./send-import";
import type { ImportItem } from "./wire";

export type PushOptions = { application: string; acceptsMd5: boolean | null; now: () => Date };

/** Creates or updates records at Defender; what it is known to refuse is not sent. Receipts in the order given. */
export const pushToDefender = async (
  client: DefenderClient,
  batch: readonly OutgoingRecord[],
  options: PushOptions,
  signal?: AbortSignal,
  onSplit?: OnSplit,
): Promise<Receipt[]> =>
  pushBy(batch, options, (items, ids) =>
    sendIsolating(items, {
      send: (part) => sendImport(client, part, options.now, signal),
      findOffender: (part, failure) =>
        findNamedValue(
          part.map(({ indicatorValue }) => indicatorValue),
          failure.message,
        ),
      maxRequests: DEFENDER_LIMITS.maxRequestsPerBatch,
      signal,
      onSplit: tellById(ids, onSplit),
    }),
  );

/** The same, each record by a request of its own. */
export const submitToDefender = async (
  client: DefenderClient,
  batch: readonly OutgoingRecord[],
  options: PushOptions,
  signal?: AbortSignal,
  onSplit?: OnSplit,
): Promise<Receipt[]> =>
  pushBy(batch, options, (items, ids) =>
    sendSingly(items, (item) => submit(client, item, options.now, signal), {
      signal,
      onSplit: tellById(ids, onSplit),
    }),
  );

type SendItems = (items: readonly ImportItem[], ids: readonly string[]) => Promise<ItemOutcome[]>;

const pushBy = async (
  batch: readonly OutgoingRecord[],
  options: PushOptions,
  sendItems: SendItems,
): Promise<Receipt[]> => {
  const prepared = batch.map((record) => prepare(record, options));
  const items = prepared.flatMap((one) => ("item" in one ? [one.item] : []));
  const ids = batch.flatMap(({ indicatorId }, place) =>
    "item" in (prepared[place] ?? {}) ? [indicatorId] : [],
  );
  const answered = (await sendItems(items, ids)).values();
  return batch.map(({ indicatorId }, place) => {
    const one = prepared[place];
    const outcome = one && "refusal" in one ? one.refusal : answered.next().value;
    return { indicatorId, outcome: outcome ?? NOT_SENT };
  });
};

const prepare = (
  record: OutgoingRecord,
  { application, acceptsMd5, now }: PushOptions,
): { item: ImportItem } | { refusal: ItemOutcome } => {
  const unsupported = defenderUnsupported(record, { action: record.action, acceptsMd5 });
  if (unsupported !== null) return { refusal: toLocalRejection(unsupported.message, "invalid") };
  // One expired item makes Defender refuse the whole batch.
  if (record.validUntil <= now()) return { refusal: toLocalRejection(ENDS_TOO_EARLY.beforeSent, "expired") };
  const item = toImportItem(record, application);
  return item === null
    ? { refusal: toLocalRejection("Defender does not know this type.", "invalid") }
    : { item };
};

const submit = async (
  client: DefenderClient,
  item: ImportItem,
  now: () => Date,
  signal?: AbortSignal,
): Promise<ItemOutcome> => {
  const answer = await client.submit(item, signal);
  if (answer.status === 200) return readSubmitAnswer(answer.json);
  const { code, message } = readVendorFault(answer);
  // Said of this one record: that it is another application's, not that this application may not write at all.
  if (answer.status === 400 || (answer.status === 403 && code === "DisallowedOperation"))
    return toRejection(message);
  throw toVendorFailure(answer, DEFENDER_REMEDIES, now());
};

const NOT_SENT: ItemOutcome = { status: "deferred", reason: "It was not sent.", retryAfterMs: null };
