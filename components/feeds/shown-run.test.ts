import { describe, expect, it } from "vitest";

import { goodRuns } from "./active-chart";
import { describeOutcome, shownStateOf, type ShownRun } from "./shown-run";

const COUNTS = {
  ...{ lines: 0, values: 0, added: 0, changed: 0, unchanged: 0, duplicate: 0 },
  ...{ excluded: 0, allowlisted: 0, rejected: 0, removed: 0, active: 0 },
};
const runOf = (facts: Partial<ShownRun>): ShownRun => ({
  ...{ id: "run", number: 3, state: "unchanged", trigger: "schedule", bytes: null, counts: COUNTS },
  ...{ queuedAt: new Date(), startedAt: null, finishedAt: null, error: null, sameAs: null, isLive: true },
  ...facts,
});
const HELD = {
  code: "shrink",
  message: "Held: 36 instead of 950. The last good run stays live. Accept this size, discard it, or wait.",
};

describe("what came of a run", () => {
  it.each<[string, Partial<ShownRun>, string | null]>([
    ["nothing new", {}, null],
    ["a failure", { state: "failed", error: { code: "x", message: "It failed." } }, "It failed."],
    ["nothing while it is applied after all", { state: "running", error: HELD }, null],
    ["a hold", { state: "held", error: HELD }, HELD.message],
    [
      "a hold that was discarded asks for nothing",
      { state: "discarded", error: HELD },
      "Held: 36 instead of 950.",
    ],
    [
      "what was discarded, again",
      { sameAs: 2 },
      "The source gave the same as in run 2, which was not accepted. Nothing was changed.",
    ],
  ])("tells of %s", (_what, facts, outcome) => {
    expect(describeOutcome(runOf(facts))).toBe(outcome);
  });

  it("is no good run when it found again what was not accepted", () => {
    expect([shownStateOf(runOf({ sameAs: 2 })), shownStateOf(runOf({}))]).toEqual(["same", "unchanged"]);
    const runs = [runOf({ sameAs: 2, isLive: false }), runOf({ state: "rolled-back" }), runOf({ number: 1 })];
    expect(goodRuns(runs)).toEqual([runs[2]]);
  });
});
