import { describe, expect, it } from "vitest";

import { attentionOfComparison, type Compared } from "./attention-of-comparison";

const NOW = new Date("2026-11-30T08:00:00Z");
const hoursAgo = (hours: number): Date => new Date(NOW.getTime() - hours * 3_600_000);
const found = { standing: 956, removed: 0, changed: 0, unlike: 0 };
const comparison: Compared["comparison"] = { state: "idle", since: null, askedBy: null, found };
const SOC: Compared = {
  ...{ id: "c", name: "SOC", enabled: true, createdAt: hoursAgo(48), reconciledAt: hoursAgo(0.5) },
  ...{ reconcileProblem: null, reconcileMinutes: 60, openStrangers: 0, comparison },
};
const PROBLEM = "Defender answers 503.";
const told = (change: Partial<Compared>) => attentionOfComparison({ ...SOC, ...change }, NOW);

describe("a destination that is compared with what was sent", () => {
  it("needs nobody while all stands as sent", () => {
    expect(told({})).toEqual([]);
    expect(told({ comparison: { ...comparison, found: null } })).toEqual([]);
  });

  it("is told once it could not be compared for two intervals, with why", () => {
    expect(told({ reconcileProblem: PROBLEM, reconciledAt: hoursAgo(2) })).toEqual([]);
    expect(told({ reconcileProblem: PROBLEM, reconciledAt: hoursAgo(2.1) })).toEqual([
      {
        kind: "uncompared",
        message:
          "SOC was last compared 2026-11-30 05:54 UTC, and cannot be: Defender answers 503. Until then nobody sees what changes there.",
        path: "connectors/c",
      },
    ]);
  });

  it("that never could be compared is told as well, and one that is paused is not", () => {
    const never = { reconcileProblem: PROBLEM, reconciledAt: null };
    expect(told(never)[0]?.message).toContain("SOC was never compared, and cannot be: Defender answers 503.");
    expect(told({ ...never, createdAt: hoursAgo(1) })).toEqual([]);
    expect(told({ ...never, enabled: false })).toEqual([]);
  });

  it("is told where its application made what nobody sent from here", () => {
    expect(told({ openStrangers: 1 })).toMatchObject([
      {
        kind: "strangers",
        message: expect.stringContaining(
          "1 record of its application was not sent from here. Decide about it;",
        ) as string,
      },
    ]);
    expect(told({ openStrangers: 1_200 })[0]?.message).toContain(
      "1,200 records of its application were not sent",
    );
  });

  it("is told where it shows otherwise what was sent, with the way to the receipts that say how", () => {
    expect(told({ comparison: { ...comparison, found: { ...found, unlike: 956 } } })).toEqual([
      {
        kind: "unlike",
        message:
          "SOC: when it was last compared, 956 records were shown otherwise than sent. Each receipt says how.",
        path: "connectors/c/receipts?state=accepted",
      },
    ]);
  });
});
