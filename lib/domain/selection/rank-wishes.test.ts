import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { orderByWorth } from "./rank-wishes";
import { createWishes } from "./wishes";

/** Few enough of each to be alike often, and some that no plain number holds beside the rest. */
const keys = fc.oneof(fc.constantFrom(0, 1, 0xffff_ffff), fc.nat(0xffff_ffff));
const worths = fc.oneof(fc.nat(3), fc.constantFrom(-5, 2 ** 31 - 1));
const wished = fc.array(fc.record({ worth: worths, high: keys, low: keys, record: fc.nat(50) }), {
  maxLength: 60,
});

describe("orderByWorth", () => {
  it("gives the order that comparing each with each gives", () => {
    fc.assert(
      fc.property(wished, (list) => {
        const order = orderByWorth(columnsOf(list), groupsOf(list));
        const compared = list
          .map((one, place) => ({ ...one, place }))
          .sort(
            (one, other) =>
              other.worth - one.worth ||
              one.high - other.high ||
              one.low - other.low ||
              one.record - other.record,
          );
        expect([...order]).toEqual(compared.map(({ place }) => place));
      }),
      { examples: [[ROUNDED_UP]] },
    );
  });

  it("tells many apart that are worth the same", () => {
    const list = Array.from({ length: 5_000 }, (_, place) => ({
      worth: place % 7,
      high: (place * 2_654_435_761) % 2 ** 32,
      low: place,
      record: place,
    }));
    const order = [...orderByWorth(columnsOf(list), groupsOf(list))].map((place) => list[place]);
    expect(order).toEqual(list.toSorted((one, other) => other.worth - one.worth || one.high - other.high));
  });

  it("has nothing to order where nothing is wished", () => {
    expect([...orderByWorth(columnsOf([]), groupsOf([]))]).toEqual([]);
  });
});

/** A key of more than 53 bits that is rounded up to the first one behind them all. */
const ROUNDED_UP = [
  { worth: 0, high: 0, low: 0, record: 0 },
  { worth: 0, high: 0xffff_ffff, low: 0, record: 0 },
  { worth: 2 ** 31 - 1, high: 0, low: 0, record: 0 },
];

type One = { worth: number; high: number; low: number; record: number };

const columnsOf = (list: readonly One[]) => {
  const book = createWishes();
  for (const { high: keyHigh, low: keyLow, record } of list)
    book.put({ record, keyHigh, keyLow, teamId: "a", feedId: "f", points: new Uint8Array(5) });
  return book.wishes();
};

const groupsOf = (list: readonly One[]) => ({
  firsts: Uint32Array.from(list.keys()),
  next: new Int32Array(list.length).fill(-1),
  worth: Int32Array.from(list, ({ worth }) => worth),
});
