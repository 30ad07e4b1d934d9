import { refusalCode } from "@/lib/domain/delivery/refusal";

import type { ItemOutcome, KnownCapacity } from "../contract";
import { toPlainText } from "@/lib/domain/plain-text";
import { importAnswerSchema, submitAnswerSchema, type ImportResult } from "./wire";

/**
 * Reads the answer to an import: one outcome for each value sent, in order. Defender answers 200 whatever became of the items, so
 * only an item's own result counts; results are matched by place, and by value where places disagree. An item without one is null.
 */
export const readImportAnswer = (sentValues: readonly string[], body: unknown): (ItemOutcome | null)[] => {
  const parsed = importAnswerSchema.safeParse(body);
  if (!parsed.success) return sentValues.map(() => null);
  const matched = matchResults(sentValues, parsed.data.value);
  return matched.map((result) => (result === null ? null : toOutcome(result)));
};

/** Reads the answer to one record sent by itself, which is the record as it stands; without an id it says nothing. */
export const readSubmitAnswer = (body: unknown): ItemOutcome => {
  const parsed = submitAnswerSchema.safeParse(body);
  if (parsed.success) {
    const { id, createdBy, createdByDisplayName: name = null } = parsed.data;
    return { status: "accepted", remoteId: id, ...(createdBy && { maker: { id: createdBy, name } }) };
  }
  return {
    status: "deferred",
    reason: "The answer did not say what became of this record.",
    retryAfterMs: null,
  };
};

/** The result of each value sent: by place where place and value agree, else by value; the exact spelling goes before another case. */
const matchResults = (
  sentValues: readonly string[],
  results: readonly ImportResult[],
): (ImportResult | null)[] => {
  const unused = new Set(results);
  const matched: (ImportResult | null)[] = sentValues.map(() => null);
  for (const isSame of [isExact, isAnyCase]) {
    for (const choose of [atPlace, anywhere]) {
      for (const [place, value] of sentValues.entries()) {
        if (matched[place]) continue;
        const found = choose(
          { results, unused, place },
          (result) => unused.has(result) && isSame(result, value),
        );
        if (!found) continue;
        unused.delete(found);
        matched[place] = found;
      }
    }
  }
  return matched;
};

type Search = { results: readonly ImportResult[]; unused: ReadonlySet<ImportResult>; place: number };
type Fits = (result: ImportResult) => boolean;

const atPlace = ({ results, place }: Search, fits: Fits): ImportResult | null => {
  const result = results[place];
  return result && fits(result) ? result : null;
};

const anywhere = ({ unused }: Search, fits: Fits): ImportResult | null => {
  for (const result of unused) if (fits(result) && typeof result.indicator === "string") return result;
  return null;
};

// A result without a value can only be matched by its place.
const isExact = ({ indicator }: ImportResult, sent: string): boolean => (indicator ?? sent) === sent;
const isAnyCase = ({ indicator }: ImportResult, sent: string): boolean =>
  indicator?.toLowerCase() === sent.toLowerCase();

/** The one value that a refusal of a whole batch names, by its place; null when it names none or several. */
export const findNamedValue = (values: readonly string[], message: string): number | null => {
  const words = ` ${message} `.toLowerCase();
  const places = values.flatMap((value, place) => (isNamed(value.toLowerCase(), words) ? [place] : []));
  return places.length === 1 ? (places[0] ?? null) : null;
};

/** The outcome for a refusal in these words. */
export const toRejection = (reason: string): ItemOutcome => ({
  status: "rejected",
  reason: toPlainText(reason, 500) || "Defender gave no reason.",
  code: refusalCode(reason),
  capacity: readCapacity(reason),
});

const toOutcome = ({ id, isFailed, failureReason }: ImportResult): ItemOutcome | null => {
  const reason = failureReason ?? "";
  if (isFailed === true) return toRejection(reason);
  const hasId = id !== null && id !== undefined && id !== "";
  if (isFailed === false) return { status: "accepted", remoteId: hasId ? id : null };
  // Without the flag, an id and no reason is the least that can pass for success.
  if (reason !== "") return toRejection(reason);
  return hasId ? { status: "accepted", remoteId: id } : null;
};

/** A value stands in a sentence by itself, not as the end of a longer name or address. */
const isNamed = (value: string, words: string): boolean => {
  for (let at = words.indexOf(value); at >= 0; at = words.indexOf(value, at + 1)) {
    const after = words.slice(at + value.length, at + value.length + 2);
    if (/[\s'"(]/.test(words.charAt(at - 1)) && /^(?:[\s'",:;)]|[.!?]\s)/.test(after)) return true;
  }
  return false;
};

const readCapacity = (reason: string): KnownCapacity | null => {
  const [, total, limit] = /Current Total: ?(\d+), ?Limit: ?(\d+)/i.exec(reason) ?? [];
  return total === undefined || limit === undefined ? null : { total: Number(total), limit: Number(limit) };
};
