import { describe, expect, it } from "vitest";

import { type AttributionFacts, explainState, type LifecycleFacts } from "./lifecycle";

const NOW = new Date("2026-06-01T12:00:00Z");
const PAST = new Date("2026-05-01");
const FUTURE = new Date("2026-07-01");

const attribution = (overrides: Partial<AttributionFacts> = {}): AttributionFacts => ({
  feed: "Feed A",
  absentSince: null,
  removal: "mirror",
  statedUntil: null,
  lastSeen: new Date("2026-05-31"),
  expiryDays: 30,
  ...overrides,
});

const explain = (overrides: Partial<LifecycleFacts> = {}) =>
  explainState(
    { recall: null, tombstone: null, allowlists: [], attributions: [attribution()], ...overrides },
    NOW,
  );

describe("explainState", () => {
  const recall = { reason: "Our own mail server.", by: "kim@example.com", until: FUTURE };
  const tombstone = { reason: "False positive.", until: null };
  const allowlist = { list: "Crown jewels", entry: "example.com", effect: "stop", until: null } as const;

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
      reason: "Kept in by “example.com” on the allowlist “Crown jewels”.",
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

  it("lets a removed value live out its validity where the feed's policy says so", () => {
    const fading = attribution({ absentSince: PAST, removal: "expire" });

    expect(explain({ attributions: [fading] })).toMatchObject({
      state: "active",
      until: new Date("2026-06-30"),
    });
    expect(explain({ attributions: [{ ...fading, lastSeen: PAST }] })).toMatchObject({
      state: "expired",
      rule: "feed-expiry",
      reason: "Feed A last held it on 2026-05-01, and its values expire after 30 days.",
    });
  });

  it("keeps for good what a feed's policy keeps, unless an end was stated", () => {
    const kept = attribution({ absentSince: PAST, removal: "keep", lastSeen: new Date("2020-01-01") });

    expect(explain({ attributions: [kept] })).toMatchObject({ state: "active", until: null });
    expect(explain({ attributions: [{ ...kept, statedUntil: PAST }] })).toMatchObject({
      state: "expired",
      rule: "stated-validity",
    });
  });

  it("names a stated end before the feed's expiry", () => {
    const stale = attribution({ statedUntil: PAST, lastSeen: new Date("2026-01-01") });

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
});
