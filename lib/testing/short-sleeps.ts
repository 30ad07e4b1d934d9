import type * as timers from "node:timers/promises";

import { vi } from "vitest";

// In place of `node:timers/promises` where a test makes time go by itself, or where nothing depends on how long is waited:
// `vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"))`.

const actual = await vi.importActual<typeof timers>("node:timers/promises");

/** Long enough that whoever asks again and again lets others have the processor. */
const MOMENT_MS = 20;

/** Sleeps for a moment at the most. What the sandbox takes its time for (it keeps no process alive) takes as long as ever. */
export const setTimeout: typeof actual.setTimeout = (ms, value, options) =>
  actual.setTimeout(options?.ref === false ? ms : Math.min(ms ?? 0, MOMENT_MS), value, options);

export const { setImmediate, setInterval, scheduler } = actual;
