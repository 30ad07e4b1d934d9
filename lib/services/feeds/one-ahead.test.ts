import { expect, test } from "vitest";

import { oneAhead } from "./one-ahead";

const counting = (last: number) => {
  const made: number[] = [];
  const next = (): Promise<number | null> => {
    if (made.length === last) return Promise.resolve(null);
    made.push(made.length + 1);
    return Promise.resolve(made.length);
  };
  return { made, next };
};

test("yields everything in order and makes one while another is worked on", async () => {
  const { made, next } = counting(3);
  const seen: number[][] = [];
  for await (const item of oneAhead(next)) seen.push([item, made.length]);
  expect(seen).toEqual([
    [1, 2],
    [2, 3],
    [3, 3],
  ]);
});

test("throws a failure only after what came before it", async () => {
  let calls = 0;
  const next = (): Promise<number> => {
    calls += 1;
    return calls === 2 ? Promise.reject(new Error("torn")) : Promise.resolve(calls);
  };
  const seen: number[] = [];
  await expect(async () => {
    for await (const item of oneAhead(next)) seen.push(item);
  }).rejects.toThrow("torn");
  expect(seen).toEqual([1]);
});

test("whoever stops early meets no failure of the one under way", async () => {
  let calls = 0;
  const next = (): Promise<number> => {
    calls += 1;
    return calls === 1 ? Promise.resolve(1) : Promise.reject(new Error("not asked for"));
  };
  for await (const item of oneAhead(next)) {
    expect(item).toBe(1);
    break;
  }
  expect(calls).toBe(2);
});
