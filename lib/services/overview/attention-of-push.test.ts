import { describe, expect, it } from "vitest";

import type { UnderWay } from "@/lib/services/delivery/read-under-way";

import { attentionOfOwnStop, attentionOfPush, attentionOfStop } from "./attention-of-push";

const NOW = new Date("2026-11-29T08:00:00Z");
const PUSH: UnderWay = {
  ...{ id: "p", connectorId: "c", connector: "SOC", state: "running", planned: 15_000, left: 4_300 },
  ...{ queuedAt: NOW, waitingSince: null, wakesAt: null, message: null, isSendingOff: false },
};
const STOP = { by: "Ada", reason: "Wrong list." };
const minutesAgo = (minutes: number): Date => new Date(NOW.getTime() - minutes * 60_000);

describe("a push under way", () => {
  it("needs nobody while it only waits for its turn or for the pace", () => {
    const paced = {
      ...PUSH,
      wakesAt: new Date(NOW.getTime() + 60_000),
      message: "Waits for the hourly limit.",
    };
    expect([PUSH, paced].flatMap((push) => attentionOfPush(push, NOW))).toEqual([]);
  });

  it("is told when its destination does not answer for longer than a stumble", () => {
    expect(attentionOfPush({ ...PUSH, waitingSince: minutesAgo(1) }, NOW)).toEqual([]);
    expect(
      attentionOfPush({ ...PUSH, waitingSince: minutesAgo(3), message: "It answers 503." }, NOW),
    ).toEqual([
      {
        kind: "waiting-push",
        message: "SOC: a push waits for Microsoft, 4,300 of 15,000 still to be sent. It answers 503.",
        path: "pushes/p",
      },
    ]);
  });

  it("that stopped says how much is left, and why", () => {
    expect(
      attentionOfPush({ ...PUSH, state: "stopped", message: "The secret is wrong." }, NOW),
    ).toMatchObject([
      {
        kind: "stopped-push",
        message: expect.stringMatching(/4,300 of 15,000.*The secret is wrong\./) as string,
      },
    ]);
  });
});

describe("sending that is switched off", () => {
  it("says how much of the team's waits for it, at all destinations or at one", () => {
    const off = { ...PUSH, waitingSince: minutesAgo(3), isSendingOff: true };
    expect(attentionOfPush(off, NOW)).toEqual([]);
    expect(attentionOfStop(STOP, [off, { ...off, id: "q", left: 1 }])[0]?.message).toContain(
      "“Wrong list.” 4,301 indicators wait in 2 pushes.",
    );
    const others = { ...off, connectorId: "other" };
    expect(attentionOfOwnStop({ id: "c", name: "SOC", stop: STOP }, [off, others])[0]?.message).toContain(
      "4,300 indicators wait in a push.",
    );
    expect(attentionOfStop({ ...STOP, reason: "An exercise" }, [off])[0]?.message).toContain(
      "“An exercise”. 4,300 indicators wait in a push.",
    );
    expect(attentionOfStop(null, [off])).toEqual([]);
  });
});
