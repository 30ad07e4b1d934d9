import { AppError } from "@/lib/domain/errors";

import type { ItemOutcome, OnSplit } from "./contract";
import { isThrottle, waitOf } from "./vendor-failure";

/**
 * What one request came to. `answered`: an outcome for each item in order, null for one to be sent again; `isNothingStored` where
 * those are for certain not there. `refused`: the service took nothing because of some item, which it may or may not have named.
 */
export type Verdict =
  | { status: "answered"; outcomes: readonly (ItemOutcome | null)[]; isNothingStored?: boolean }
  | { status: "refused"; failure: AppError; rejection: ItemOutcome };

export type IsolateOptions<T> = {
  send: (part: readonly T[]) => Promise<Verdict>;
  /** The place of the one item that the refusal names, or null. */
  findOffender: (part: readonly T[], failure: AppError) => number | null;
  /** Requests that one batch may cost; what is open then waits for the next push. */
  maxRequests: number;
  signal?: AbortSignal | undefined;
  /** As `OnSplit`, by the places of the items. */
  onSplit?: ((unsent: readonly number[], next: readonly number[]) => Promise<void>) | undefined;
};

/** Tells by the `indicatorId` of each item, given in order. */
export const tellById = (
  ids: readonly string[],
  onSplit: OnSplit | undefined,
): IsolateOptions<unknown>["onSplit"] => {
  const at = (places: readonly number[]): string[] => places.flatMap((place) => ids[place] ?? []);
  return onSplit && ((unsent, next) => onSplit({ unsent: at(unsent), next: at(next) }));
};

/**
 * Sends items one by one, in order, each judged by its own answer. Throws only when the first could not be judged; later failures
 * leave the rest `deferred`, so that what was already answered is never lost.
 */
export const sendSingly = async <T>(
  items: readonly T[],
  send: (item: T) => Promise<ItemOutcome>,
  { signal, onSplit }: Pick<IsolateOptions<T>, "signal" | "onSplit"> = {},
): Promise<ItemOutcome[]> => {
  const outcomes: ItemOutcome[] = [];
  for (const [place, item] of items.entries()) {
    try {
      await onSplit?.([], [place]);
      outcomes.push(await send(item));
    } catch (error) {
      const deferral = toDeferral(error, signal);
      if (outcomes.length === 0 || deferral === null) throw error;
      return items.map((_item, at) => outcomes[at] ?? deferral);
    }
  }
  return outcomes;
};

type Placed<T> = { item: T; place: number };

/**
 * Sends a batch so that one bad item never costs the others: a refused part is halved (or rid of the item that the service named)
 * until the offender stands alone and gets the reason. Outcomes in the order given. Throws only while nothing is settled yet;
 * later failures leave the rest `deferred`, so that what was already answered is never lost.
 */
export const sendIsolating = async <T>(
  items: readonly T[],
  options: IsolateOptions<T>,
): Promise<ItemOutcome[]> => {
  const settled = new Map<number, ItemOutcome>();
  /** What may be there although it is sent again. */
  const unclear = new Set<number>();
  const tellSplit = async (next: readonly Placed<T>[]): Promise<void> => {
    const unsent = placesOf(open.flat()).filter((place) => !unclear.has(place));
    await options.onSplit?.(unsent, placesOf(next));
  };
  const open: (readonly Placed<T>[])[] =
    items.length === 0 ? [] : [items.map((item, place) => ({ item, place }))];
  let lastFailure: AppError | null = null;

  for (let requests = 0; open.length > 0; requests += 1) {
    const [part = []] = open;
    if (requests >= options.maxRequests) {
      await tellSplit([]);
      if (settled.size === 0 && lastFailure !== null) throw lastFailure;
      return fillIn(items, settled, tooMany(lastFailure));
    }
    let verdict: Verdict;
    try {
      if (requests > 0) await tellSplit(part);
      verdict = await options.send(part.map(({ item }) => item));
    } catch (error) {
      const deferral = toDeferral(error, options.signal);
      if (settled.size === 0 || deferral === null) throw error;
      return fillIn(items, settled, deferral);
    }
    open.shift();
    if (verdict.status === "refused") lastFailure = verdict.failure;
    else if (verdict.isNothingStored !== true) for (const place of placesOf(part)) unclear.add(place);
    open.unshift(...settle(part, verdict, settled, options));
  }
  return fillIn(items, settled, UNANSWERED);
};

const placesOf = (part: readonly Placed<unknown>[]): number[] => part.map(({ place }) => place);

/** Records what a verdict decides and answers the parts still to be sent. */
const settle = <T>(
  part: readonly Placed<T>[],
  verdict: Verdict,
  settled: Map<number, ItemOutcome>,
  { findOffender }: IsolateOptions<T>,
): (readonly Placed<T>[])[] => {
  if (verdict.status === "answered") {
    const again = part.filter(({ place }, index) => {
      const outcome = verdict.outcomes[index];
      if (outcome) settled.set(place, outcome);
      return !outcome;
    });
    // An answer that settles nothing at all would be asked for again for ever.
    return again.length === 0 || again.length === part.length ? [] : [again];
  }
  const [only] = part;
  if (part.length === 1 && only) {
    settled.set(only.place, verdict.rejection);
    return [];
  }
  const items = part.map(({ item }) => item);
  const offender = findOffender(items, verdict.failure);
  const named = offender === null ? undefined : part[offender];
  if (named) {
    settled.set(named.place, verdict.rejection);
    return [part.filter((other) => other !== named)];
  }
  const middle = Math.ceil(part.length / 2);
  return [part.slice(0, middle), part.slice(middle)];
};

const fillIn = (
  items: readonly unknown[],
  settled: ReadonlyMap<number, ItemOutcome>,
  otherwise: ItemOutcome,
): ItemOutcome[] => items.map((_item, place) => settled.get(place) ?? otherwise);

/** What was not judged because a request failed. */
export const deferredBy = (error: AppError): ItemOutcome => ({
  status: "deferred",
  reason: error.message,
  retryAfterMs: waitOf(error),
  ...(isThrottle(error) && { isThrottled: true }),
});

const toDeferral = (error: unknown, signal: AbortSignal | undefined): ItemOutcome | null => {
  if (error instanceof AppError) return deferredBy(error);
  if (signal?.aborted !== true) return null;
  return {
    status: "deferred",
    reason: "The push was stopped before this record was sent.",
    retryAfterMs: null,
  };
};

const tooMany = (failure: AppError | null): ItemOutcome => ({
  status: "deferred",
  reason: `Other records of the same batch are refused, and this one could not be told apart from them yet.${failure === null ? "" : ` ${failure.message}`}`,
  retryAfterMs: null,
});

const UNANSWERED: ItemOutcome = {
  status: "deferred",
  reason: "The answer did not say what became of this record.",
  retryAfterMs: null,
};
