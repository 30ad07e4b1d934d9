import { describe, expect, it } from "vitest";

import { progressMessageSchema } from "@/components/live/progress-message";

import { toPushProgress } from "./push-progress";

const push = {
  state: "running" as const,
  counts: { planned: 9, accepted: 3, removed: 1, failed: 0, skipped: 1 },
  message: null,
  waitingSince: null,
  isSendingOff: false,
  leftovers: null,
  pace: null,
};

describe("a push that is watched", () => {
  it.each([
    ["is being sent", {}, "running"],
    ["waits for its destination, so that it can be tried at once", { waitingSince: new Date() }, "waiting"],
    [
      "waits with what may be why left, so that it can be ended without that",
      { waitingSince: new Date(), leftovers: { count: 14, readAt: null } },
      "leftovers",
    ],
    ["may not send", { isSendingOff: true }, "sending-off"],
    [
      "may not send, whatever else it waits for",
      { isSendingOff: true, waitingSince: new Date() },
      "sending-off",
    ],
    ["has ended", { state: "done" as const }, "done"],
  ])("tells the page that it %s", (_, facts, state) => {
    const message = toPushProgress({ ...push, ...facts });
    expect(progressMessageSchema.parse(message)).toMatchObject({ state, done: 5, total: 9 });
  });

  it.each([
    [9_600, 4_700, "Being sent in batches. About 9,600 a minute; about 79 minutes left."],
    [15_000, 61, "Being sent in batches. About 15,000 a minute; about 2 minutes left."],
    [15_000, 60, "Being sent in batches. About 15,000 a minute; about 1 minute left."],
    [15_000, 59, "Being sent in batches. About 15,000 a minute; less than a minute left."],
    [12, 6_000, "Being sent in batches. About 12 a minute; about 2 hours left."],
  ])("says how fast it goes and how long it still takes", (aMinute, secondsLeft, sentence) => {
    expect(toPushProgress({ ...push, pace: { aMinute, secondsLeft } }).sentence).toBe(sentence);
  });

  it("says nothing of that while nobody can tell", () => {
    expect(toPushProgress(push).sentence).toBe("Being sent in batches.");
  });
});
