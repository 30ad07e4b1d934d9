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
});
