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
): Uint32Array =>
  firsts
    .slice()
    .sort(
      (one, other) =>
        (worth[other] ?? 0) - (worth[one] ?? 0) ||
        (keysHigh[one] ?? 0) - (keysHigh[other] ?? 0) ||
        (keysLow[one] ?? 0) - (keysLow[other] ?? 0) ||
        (records[one] ?? 0) - (records[other] ?? 0),
    );
