import { describe, expect, it } from "vitest";

import { progressMessageSchema } from "@/components/live/progress-message";

import { RUN_LOOKS, type RunState } from "./run-state-badge";
import { toRunProgress } from "./run-progress";

const COUNTS = {
  lines: 950,
  values: 950,
  added: 950,
  changed: 0,
  unchanged: 0,
  duplicate: 0,
  excluded: 0,
  allowlisted: 0,
  rejected: 0,
  removed: 12,
  active: 1_200,
};
const NOW = new Date("2026-11-24T08:00:09.900Z");
const run = (state: RunState, error: { code: string; message: string } | null = null) => ({
  number: 3,
  state,
  queuedAt: new Date("2026-11-24T08:00:00Z"),
  startedAt: new Date("2026-11-24T08:00:02Z"),
  finishedAt: null,
  counts: COUNTS,
  error,
  sameAs: null,
});
const STATES: RunState[] = [
  "queued",
  "running",
  "succeeded",
  "unchanged",
  "held",
  "failed",
  "discarded",
  "rolled-back",
];

describe("the progress of a run", () => {
  it.each(STATES)("is a message that a stream can send: %s", (state) => {
    expect(progressMessageSchema.safeParse(toRunProgress(run(state), NOW)).success).toBe(true);
    expect(Object.keys(RUN_LOOKS)).toContain(state);
  });

  it("warns of what was not accepted and came again", () => {
    expect(toRunProgress({ ...run("unchanged"), sameAs: 2 }, NOW)).toMatchObject({
      sentence: "The source gave the same as in run 2, which was not accepted. Nothing was changed.",
      tone: "warning",
    });
  });

  it("ends with everything but waiting and working", () => {
    const open = STATES.filter((state) => !toRunProgress(run(state), NOW).isFinal);

    expect(open).toStrictEqual(["queued", "running"]);
  });

  it("moves by the whole seconds since it was started, or queued before that", () => {
    expect(toRunProgress(run("running"), NOW).done).toBe(7);
    expect(toRunProgress({ ...run("queued"), startedAt: null }, NOW).done).toBe(9);
  });

  it("stands still once it is finished", () => {
    const finishedAt = new Date("2026-11-24T08:00:05Z");

    expect(toRunProgress({ ...run("succeeded"), finishedAt }, NOW).done).toBe(3);
  });

  it("says what it did when it is done", () => {
    expect(toRunProgress(run("succeeded"), NOW).sentence).toBe(
      "Run 3 is live: +950 added, -12 removed, 1,200 indicators active.",
    );
  });

  it("says why it stopped in the run's own words", () => {
    const message = "Held: 36 indicators instead of about 950.";

    expect(toRunProgress(run("held", { code: "shrink", message }), NOW)).toMatchObject({
      sentence: message,
      tone: "warning",
    });
  });
});
