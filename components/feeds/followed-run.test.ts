import { describe, expect, it } from "vitest";

import { findFollowedRun } from "./followed-run";
import type { RunState } from "./run-state-badge";

const run = (number: number, state: RunState) => ({ number, state });
const SETTLED = run(1, "succeeded");

describe("the run that a feed's page follows", () => {
  it.each<[string, Parameters<typeof findFollowedRun>, { number: number; state: string } | null]>([
    ["is none before the first run", [null, []], null],
    ["is none when all have ended", [run(2, "failed"), [run(2, "failed"), SETTLED]], null],
    [
      "is the one under way",
      [run(2, "running"), [run(2, "running"), SETTLED]],
      { number: 2, state: "running" },
    ],
    [
      "is the one that ended after the table of runs was read",
      [run(2, "unchanged"), [run(2, "running"), SETTLED]],
      { number: 2, state: "running" },
    ],
    [
      "is the one that was queued after the table of runs was read",
      [run(2, "queued"), [SETTLED]],
      { number: 2, state: "queued" },
    ],
  ])("%s", (_name, [lastRun, runs], followed) => {
    expect(findFollowedRun(lastRun, runs)).toEqual(followed);
  });
});
