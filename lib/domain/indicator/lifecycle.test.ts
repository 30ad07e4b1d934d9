import { describe, expect, it } from "vitest";

import { type AttributionFacts, explainState, type LifecycleFacts } from "./lifecycle";

const NOW = new Date("2026-06-01T12:00:00Z");
const PAST = new Date("2026-05-01");
const FUTURE = new Date("2026-07-01");

const attribution = (overrides: Partial<AttributionFacts> = {}): AttributionFacts => ({
  feed: "Feed A",
  absentSince: null,
  statedUntil: null,
  firstSeen: new Date("2026-04-01"),
  lastSeen: new Date("2026-05-31"),
  policy: { removal: "mirror", graceRuns: 0, missedRuns: 1 },
  ...overrides,
});

const explain = (overrides: Partial<LifecycleFacts> = {}) =>
  explainState(
    {
      recall: null,
      tombstone: null,
      allowlists: [],
      attributions: [attribution()],
      fading: null,
      ...overrides,
    },
    NOW,
  );

describe("explainState", () => {
  const recall = { reason: "Our own mail server.", by: "kim@example.com", until: FUTURE };
  const tombstone = { reason: "False positive.", until: null };
  const allowlist = { list: "Crown jewels", reason: "It is ours.", effect: "stop", until: null } as const;

  it("lets a recall beat everything, and says whose it is", () => {
    expect(explain({ recall, tombstone, allowlists: [allowlist] })).toEqual({
      state: "recalled",
      rule: "recall",
      reason: "Recalled by kim@example.com until 2026-07-01: Our own mail server.",
      until: FUTURE,
    });
  });

  it("lets a person's withdrawal beat allowlist and feed", () => {
    expect(explain({ tombstone, allowlists: [allowlist] })).toMatchObject({
      state: "withdrawn",
      rule: "tombstone",
    });
  });

  it("lets an allowlist beat a feed, but only one that stops", () => {
    expect(explain({ allowlists: [allowlist] })).toMatchObject({
      state: "allowlisted",
      reason: "The allowlist “Crown jewels” keeps it in. It is ours.",
    });
    expect(explain({ allowlists: [{ ...allowlist, effect: "warn" }] }).state).toBe("active");
    expect(explain({ allowlists: [{ ...allowlist, effect: "audit-only" }, allowlist] }).state).toBe(
      "allowlisted",
    );
  });

  it("forgets a person's word on the day it ends", () => {
    expect(explain({ recall: { ...recall, until: NOW } }).state).toBe("active");
    expect(explain({ tombstone: { ...tombstone, until: PAST } }).state).toBe("active");
    expect(explain({ allowlists: [{ ...allowlist, until: PAST }] }).state).toBe("active");
  });

  it("withdraws what a mirrored feed removed, even while its validity lasts", () => {
    const gone = attribution({ absentSince: PAST, statedUntil: FUTURE });

    expect(explain({ attributions: [gone] })).toMatchObject({
      state: "withdrawn",
      rule: "feed-removal",
      reason: "Feed A removed it on 2026-05-01.",
    });
  });

  it("keeps what a mirrored feed lacks for as many good runs as the feed's grace allows", () => {
    const missing = (missedRuns: number) =>
      attribution({ absentSince: PAST, policy: { removal: "mirror", graceRuns: 2, missedRuns } });

    expect(explain({ attributions: [missing(2)] })).toMatchObject({
      state: "active",
      reason:
        "Feed A has not held it since 2026-05-01; it may be missing in 2 good runs and was in 2, so it stays.",
    });
    expect(explain({ attributions: [missing(3)] })).toMatchObject({
      state: "withdrawn",
      rule: "feed-removal",
    });
  });

  it("lets a value live to the end that its age gives it where the feed's policy says so", () => {
    const fading = (from: "firstSeen" | "lastSeen", until: Date) =>
      attribution({ absentSince: PAST, policy: { removal: "expire", from, until } });

    expect(explain({ attributions: [fading("lastSeen", FUTURE)] })).toMatchObject({
      state: "active",
      until: FUTURE,
      reason: "Feed A has not held it since 2026-05-01; its policy lets it stay until 2026-07-01.",
    });
    expect(explain({ attributions: [fading("lastSeen", NOW)] })).toMatchObject({
      state: "expired",
      rule: "feed-expiry",
      reason: "Feed A last held it on 2026-05-31 and lets its values expire, this one on 2026-06-01.",
    });
    expect(explain({ attributions: [{ ...fading("firstSeen", NOW), absentSince: null }] })).toMatchObject({
      state: "expired",
      reason: "Feed A first held it on 2026-04-01 and lets its values expire, this one on 2026-06-01.",
    });
  });

  it("keeps for good what a feed's policy keeps, unless an end was stated", () => {
    const kept = attribution({
      absentSince: PAST,
      policy: { removal: "keep" },
      lastSeen: new Date("2020-01-01"),
    });

    expect(explain({ attributions: [kept] })).toMatchObject({ state: "active", until: null });
    expect(explain({ attributions: [{ ...kept, statedUntil: PAST }] })).toMatchObject({
      state: "expired",
      rule: "stated-validity",
    });
  });

  it("names a stated end before the feed's expiry", () => {
    const stale = attribution({
      statedUntil: PAST,
      policy: { removal: "expire", from: "lastSeen", until: new Date("2026-04-01") },
    });

    expect(explain({ attributions: [stale] }).rule).toBe("stated-validity");
  });

  it("stays active while one of several feeds vouches, until the latest of their ends", () => {
    const attributions = [
      attribution({ absentSince: PAST }),
      attribution({ feed: "Feed B", statedUntil: new Date("2026-06-10") }),
      attribution({ feed: "Feed C", statedUntil: new Date("2026-06-20") }),
    ];

    expect(explain({ attributions })).toEqual({
      state: "active",
      rule: "none",
      reason: "Feed C vouches for it until 2026-06-20.",
      until: new Date("2026-06-20"),
    });
  });

  it("is withdrawn when no feed vouches at all", () => {
    expect(explain({ attributions: [] })).toMatchObject({ state: "withdrawn", until: null });
  });

  describe("with a rule by which confidence fades", () => {
    const fading = (sightedAt: string, floor = 10) => ({
      confidence: 80,
      sightedAt: new Date(sightedAt),
      rule: { halfLifeDays: 30, floor },
    });

    it("says what is left of it beside who vouches, or nothing while nothing has faded", () => {
      expect(explain({ fading: fading("2026-05-02T12:00:00Z") })).toMatchObject({
        state: "active",
        rule: "none",
        reason: "Feed A vouches for it. Confidence 80 → 40: 30 days without a sighting, half-life 30 days.",
      });
      expect(explain({ fading: fading("2026-05-31") }).reason).toBe("Feed A vouches for it.");
    });

    it("expires at the floor, with the reason, and no sooner", () => {
      expect(explain({ fading: fading("2026-03-03T12:00:00Z") })).toEqual({
        state: "expired",
        rule: "fading",
        reason:
          "Confidence 80 → 10: 90 days without a sighting, half-life 30 days. At 10 or less it has expired, since 2026-06-01; a new sighting brings it back.",
        until: null,
      });
      expect(explain({ fading: fading("2026-03-03T12:00:00Z", 9) }).state).toBe("active");
    });

    it("comes after everything else that ends a value", () => {
      const gone = fading("2020-01-01");

      expect(explain({ fading: gone, tombstone }).rule).toBe("tombstone");
      expect(explain({ fading: gone, allowlists: [allowlist] }).rule).toBe("allowlist");
      expect(explain({ fading: gone, attributions: [attribution({ statedUntil: PAST })] }).rule).toBe(
        "stated-validity",
      );
    });
  });
});
