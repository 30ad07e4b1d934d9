import { describe, expect, it } from "vitest";

import { judgeShrink } from "./shrink-guard";

describe("the shrink guard", () => {
  it.each([
    ["a first run", 0, 5, 20],
    ["growth", 100, 101, 20],
    ["a loss at the limit", 100, 80, 20],
    ["anything when switched off", 100, 0, 100],
  ])("lets %s pass", (_name, live, now, limit) => {
    expect(judgeShrink(live, now, limit)).toEqual({ held: false });
  });

  it.each([
    [950, 36, 20],
    [100, 79, 20],
    [10, 0, 99],
    [100, 99, 0],
  ])("holds %i → %i at a limit of %i %%", (live, now, limit) => {
    expect(judgeShrink(live, now, limit).held).toBe(true);
  });

  it("says both sizes, that nothing was lost and what to do", () => {
    const verdict = judgeShrink(9_800, 3_102, 20);

    expect(verdict).toMatchObject({ held: true });
    expect(verdict.held && verdict.message).toBe(
      "Held: 3,102 indicators instead of about 9,800 (−68 %, the limit is 20 %). The last good run stays live. " +
        "Accept this size, discard it, or wait for the next run.",
    );
  });
});
