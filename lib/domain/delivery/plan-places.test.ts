import { describe, expect, it } from "vitest";

import { placesKeptUntil } from "./plan-places";

const plan = {
  ...{ state: "draft" as const, counts: { add: 3 }, budget: {}, newer: null, superseded: null },
  createdAt: new Date("2026-11-28T10:00:00Z"),
};

describe("a plan's places", () => {
  it("are kept for a day while nobody applies it", () => {
    expect(placesKeptUntil(plan)).toEqual(new Date("2026-11-29T10:00:00Z"));
  });

  it.each([
    ["one that was applied", { state: "applied" as const }],
    ["one that adds nothing", { counts: { add: 0 } }],
    ["one to where there is no limit", { budget: null }],
    ["one that a newer one followed", { newer: "0199b7a0-0000-7000-8000-000000000000" }],
    ["one whose place a newer one took", { superseded: { by: null } }],
  ])("are not kept by %s", (_what, given) => {
    expect(placesKeptUntil({ ...plan, ...given })).toBeNull();
  });
});
