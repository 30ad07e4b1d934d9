import { describe, expect, it } from "vitest";

import { connectorStateOf } from "./connector-state";

const SINCE = new Date("2026-11-30T02:00:00Z");
const WELL = {
  ...{ stop: null, enabled: true, lastTest: { ok: true }, lastPush: null },
  ...{ waitingSince: null, hasStopped: false, reconciledAt: null, reconcileProblem: null },
  credential: { createdAt: new Date("2026-11-01T00:00:00Z"), refusedAt: null },
};
const PUSHED = { queuedAt: new Date("2026-11-29T02:00:00Z"), finishedAt: new Date("2026-11-29T03:00:00Z") };
const NEW_SECRET = { createdAt: SINCE, refusedAt: null };
const AFTER = new Date("2026-11-30T03:00:00Z");
const waiting = { waitingSince: SINCE };

describe("a connector", () => {
  it.each<[string, Partial<Parameters<typeof connectorStateOf>[0]>, string, Date | null]>([
    ["is ready while nothing is known against it", {}, "ready", null],
    ["that was pushed to needs no test to be ready", { lastTest: null, lastPush: PUSHED }, "ready", null],
    [
      "is not tested where its secret is newer than what was pushed last",
      { lastTest: null, lastPush: PUSHED, reconciledAt: PUSHED.finishedAt, credential: NEW_SECRET },
      "untested",
      null,
    ],
    [
      "is ready by a new secret that a push ended with",
      { lastTest: null, lastPush: { ...PUSHED, finishedAt: AFTER }, credential: NEW_SECRET },
      "ready",
      null,
    ],
    [
      "is ready by a new secret with which it was compared",
      { lastTest: null, lastPush: PUSHED, reconciledAt: AFTER, credential: NEW_SECRET },
      "ready",
      null,
    ],
    ["is not tested as long as nobody tried it", { lastTest: null }, "untested", null],
    [
      "waits while a push of it does, whatever was pushed since",
      { ...waiting, lastPush: PUSHED },
      "waiting",
      SINCE,
    ],
    [
      "waits also where nothing could be compared meanwhile",
      { ...waiting, reconcileProblem: "It answers 503." },
      "waiting",
      SINCE,
    ],
    ["fails where it cannot be compared", { reconcileProblem: "It answers 503." }, "failing", null],
    [
      "is not compared while it is paused",
      { reconcileProblem: "It answers 503.", enabled: false },
      "paused",
      null,
    ],
    [
      "fails where its last test failed, paused or not",
      { lastTest: { ok: false }, enabled: false },
      "failing",
      null,
    ],
    [
      "fails where a push stopped, also while another waits",
      { ...waiting, hasStopped: true },
      "failing",
      null,
    ],
    [
      "fails since its secret was refused",
      { credential: { ...WELL.credential, refusedAt: SINCE }, ...waiting },
      "failing",
      SINCE,
    ],
    [
      "sends nothing where somebody switched it off, whatever else",
      { stop: { by: "Ada" }, lastTest: { ok: false } },
      "stopped",
      null,
    ],
  ])("%s", (_name, change, state, since) => {
    expect(connectorStateOf({ ...WELL, ...change })).toEqual({ state, since });
  });
});
