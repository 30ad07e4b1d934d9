import { describe, expect, it } from "vitest";

import { phaseOf, type PlanPhase, type PlanPush } from "./plan-phase";

const at = new Date("2026-11-29T12:00:00Z");
const push = (state: PlanPush["state"], accepted = 0, removed = 0, failed = 0): PlanPush => ({
  state,
  counts: { planned: 10, accepted, removed, failed, skipped: 0 },
});

describe("where a plan is on its way", () => {
  it.each<[string, Parameters<typeof phaseOf>[0], PlanPhase, number]>([
    ["nobody said anything", { state: "draft", approvedAt: null, push: null }, "to-review", 0],
    ["a second person approved it", { state: "draft", approvedAt: at, push: null }, "approved", 0],
    ["something changed since, approved or not", { state: "stale", approvedAt: at, push: null }, "stale", 0],
    ["its push waits", { state: "applied", approvedAt: at, push: push("queued") }, "being-applied", 0],
    [
      "some is there",
      { state: "applied", approvedAt: null, push: push("running", 3, 1, 1) },
      "being-applied",
      4,
    ],
    ["its push was stopped", { state: "applied", approvedAt: null, push: push("stopped", 3) }, "stopped", 3],
    ["all was taken", { state: "applied", approvedAt: null, push: push("done", 7, 3) }, "applied", 10],
    [
      "some was refused",
      { state: "applied", approvedAt: null, push: push("done", 7, 2, 1) },
      "partly-applied",
      9,
    ],
    ["its push is forgotten", { state: "applied", approvedAt: null, push: null }, "applied", 0],
  ])("%s", (_name, plan, phase, taken) => {
    expect(phaseOf(plan)).toMatchObject({ phase, taken });
  });
});
