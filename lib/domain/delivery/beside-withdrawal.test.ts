import { describe, expect, it } from "vitest";

import { BESIDE_STATES, sumBeside, takesItsPlace } from "./beside-withdrawal";

describe("a plan to withdraw everything where nothing stands yet", () => {
  it.each([
    ["what waits", ["waiting"], true],
    ["what waits, whatever was saved meanwhile", ["waiting", "saved"], true],
    ["what waits, whatever of it was sent without an answer", ["waiting", "unanswered"], true],
    ["nothing while a worker sends something", ["waiting", "under-way"], false],
    ["nothing that was saved meanwhile", ["saved"], false],
    ["nothing that was sent already", ["unanswered"], false],
    ["nothing where nothing is on its way", [], false],
  ] as const)("takes the place of %s", (_what, states, takes) => {
    expect(takesItsPlace(states.map((state) => ({ state, count: 2 })))).toBe(takes);
  });

  it("counts what is on its way, all of it or of some states", () => {
    const ways = BESIDE_STATES.map((state) => ({ state, count: 2 }));
    expect(sumBeside(ways)).toBe(8);
    expect(sumBeside(ways, ["waiting", "saved"])).toBe(4);
    expect(sumBeside([])).toBe(0);
  });
});
