import { expect, test } from "vitest";

import { indicatorId } from "@/lib/domain/indicator/identity";

import { createKeyFilter } from "./key-filter";

const keyOf = (index: number): string => indicatorId("domain", `${String(index)}.example`);

test("suspects whatever comes twice, wherever it stands", () => {
  const filter = createKeyFilter(40 * 20_000);
  for (let index = 0; index < 20_000; index += 1) filter.meet(keyOf(index));
  for (const index of [0, 7, 19_999]) filter.meet(keyOf(index));
  expect(filter.suspects()).toEqual(expect.arrayContaining([keyOf(0), keyOf(7), keyOf(19_999)]));
});

test("suspects few others", () => {
  const filter = createKeyFilter(40 * 20_000);
  for (let index = 0; index < 20_000; index += 1) filter.meet(keyOf(index));
  expect(filter.suspects()?.length).toBeLessThan(20_000 / 50);
});

test("names a key once, however often it comes", () => {
  const filter = createKeyFilter(null);
  for (let round = 0; round < 5; round += 1) for (const index of [1, 2]) filter.meet(keyOf(index));
  expect(filter.suspects()).toEqual([keyOf(1), keyOf(2)]);
});

test("names none when there are too many", () => {
  const filter = createKeyFilter(1_000_000);
  for (let round = 0; round < 2; round += 1)
    for (let index = 0; index <= 100_000; index += 1) filter.meet(keyOf(index));
  expect(filter.suspects()).toBeNull();
});
