import type { Wishes } from "./wishes";

/** Wishes for one record are a chain: `next` leads from each to the next one, -1 at the end; `worth` is said of the first. */
export type Groups = { firsts: Uint32Array; next: Int32Array; worth: Int32Array };

type Options = {
  /** How much each wish is worth. */
  scores: Int32Array;
  standing: ReadonlySet<number>;
  /** What standing already is worth. */
  bonus: number;
  isOut: (wish: number) => boolean;
};

/** Brings wishes for the same record together; a record is worth what the wish that makes most of it says. */
export const groupRecords = (
  { length, records }: Wishes,
  { scores, standing, bonus, isOut }: Options,
): Groups => {
  const next = new Int32Array(length).fill(-1);
  const worth = new Int32Array(length);
  const firsts = new Uint32Array(length);
  const find = createFinder(records, length);
  let count = 0;
  for (let wish = 0; wish < length; wish += 1) {
    if (isOut(wish)) continue;
    const own = (scores[wish] ?? 0) + (standing.has(records[wish] ?? 0) ? bonus : 0);
    const first = find(wish);
    if (first === wish) {
      worth[wish] = own;
      firsts[count++] = wish;
    } else {
      // Behind the first one: which comes next says nothing.
      next[wish] = next[first] ?? -1;
      next[first] = wish;
      worth[first] = Math.max(worth[first] ?? 0, own);
    }
  }
  return { firsts: firsts.subarray(0, count), next, worth };
};

/** Tells of each wish the first one for the same record, itself where there was none before: a table that fills no heap. */
const createFinder = (records: Float64Array, length: number): ((wish: number) => number) => {
  const bits = Math.max(4, Math.ceil(Math.log2(length * 2 + 1)));
  const last = 2 ** bits - 1;
  const table = new Int32Array(last + 1).fill(-1);
  return (wish) => {
    const record = records[wish] ?? 0;
    // The upper bits: numbers of records are alike in their lower ones.
    let slot = Math.imul(record % 0x7fff_ffff, 0x9e37_79b1) >>> (32 - bits);
    for (;;) {
      const found = table[slot] ?? -1;
      if (found < 0) {
        table[slot] = wish;
        return wish;
      }
      if (records[found] === record) return found;
      slot = (slot + 1) & last;
    }
  };
};

/** The first wish of each record, in the order in which places are given: by worth, and by the public id between equals. */
export const orderByWorth = (
  { keysHigh, keysLow, records }: Wishes,
  { firsts, worth }: Groups,
): Uint32Array => {
  const compare = (one: number, other: number): number =>
    (worth[other] ?? 0) - (worth[one] ?? 0) ||
    (keysHigh[one] ?? 0) - (keysHigh[other] ?? 0) ||
    (keysLow[one] ?? 0) - (keysLow[other] ?? 0) ||
    (records[one] ?? 0) - (records[other] ?? 0);
  let [most, least] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const first of firsts) {
    most = Math.max(most, worth[first] ?? 0);
    least = Math.min(least, worth[first] ?? 0);
  }
  return sortNearly(firsts, {
    keyOf: (first) => (most - (worth[first] ?? 0)) * KEYS + (keysHigh[first] ?? 0),
    last: (most - least + 1) * KEYS,
    compare,
  });
};

/** So many values has half a key. */
const KEYS = 2 ** 32;
/** Up to twice this numbers are exact; a key that is not may be rounded up to `last`. */
const ROOM = 2 ** 52;

type Order = {
  /** Not negative, never falls along the order, and less than `last`. */
  keyOf: (number: number) => number;
  last: number;
  compare: (one: number, other: number) => number;
};

/**
 * Sorts numbers: as plain ones, of which the upper part is as much of the key as there is room for and the lower one says which it is. Only
 * those whose keys are alike are compared; to compare all takes five times as long.
 */
const sortNearly = (numbers: Uint32Array, { keyOf, last, compare }: Order): Uint32Array => {
  const places = 2 ** Math.ceil(Math.log2(numbers.length + 1));
  const drop = 2 ** Math.max(0, Math.ceil(Math.log2(last / (ROOM / places))));
  const keyed = new Float64Array(numbers.length);
  for (let place = 0; place < numbers.length; place += 1)
    keyed[place] = Math.floor(keyOf(numbers[place] ?? 0) / drop) * places + place;
  keyed.sort();
  const sorted = new Uint32Array(numbers.length);
  let from = 0;
  let alike = -1;
  for (let place = 0; place <= keyed.length; place += 1) {
    const one = keyed[place];
    const key = one === undefined ? null : Math.floor(one / places);
    if (key !== alike) {
      if (place - from > 1) sorted.subarray(from, place).sort(compare);
      [from, alike] = [place, key ?? -1];
    }
    if (one !== undefined) sorted[place] = numbers[one % places] ?? 0;
  }
  return sorted;
};
