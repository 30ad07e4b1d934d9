import { describe, expect, it } from "vitest";

import { networkCost } from "./network-cost";

describe("what networks cost as their addresses", () => {
  const counted = [
    { size: 4, within: null, networks: 3 },
    { size: 4, within: 16, networks: 2 },
    { size: 16, within: 256, networks: 1 },
    { size: 256, within: null, networks: 1 },
  ];

  it.each([
    [0, { networks: 0, nested: 0, places: 0 }],
    [4, { networks: 5, nested: 0, places: 20 }],
    [16, { networks: 6, nested: 2, places: 28 }],
    [256, { networks: 7, nested: 3, places: 268 }],
  ])("up to %d addresses counts each address once", (most, expected) => {
    expect(networkCost(counted, most)).toEqual(expected);
  });
});
