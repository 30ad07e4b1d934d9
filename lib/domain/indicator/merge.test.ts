import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { type Attribution, mergeAttributions, mergeClaims } from "./merge";
import { TLPS } from "./types";

const attribution = (overrides: Partial<Attribution>): Attribution => ({
  source: "A",
  firstSeen: new Date("2026-01-10"),
  lastSeen: new Date("2026-02-10"),
  confidence: 50,
  tlp: "amber",
  tags: [],
  validUntil: new Date("2026-03-10"),
  ...overrides,
});

describe("mergeAttributions", () => {
  it("unites sources and tags, widens the time, and takes the highest confidence and the strictest TLP", () => {
    const merged = mergeAttributions([
      attribution({ source: "A", tlp: "green", tags: ["c2", "apt"], confidence: 90 }),
      attribution({
        source: "B",
        tlp: "red",
        tags: ["apt", "x"],
        firstSeen: new Date("2025-12-01"),
        lastSeen: new Date("2026-02-20"),
        validUntil: new Date("2026-05-01"),
      }),
      attribution({ source: "A", tlp: "clear", confidence: 10 }),
    ]);

    expect(merged).toEqual({
      sources: ["A", "B"],
      firstSeen: new Date("2025-12-01"),
      lastSeen: new Date("2026-02-20"),
      confidence: 90,
      tlp: "red",
      tags: ["apt", "c2", "x"],
      validUntil: new Date("2026-05-01"),
    });
  });

  it("has no end as soon as one source names none", () => {
    expect(mergeAttributions([attribution({}), attribution({ validUntil: null })])?.validUntil).toBeNull();
  });

  it("is nothing when nobody vouches any more", () => {
    expect(mergeAttributions([])).toBeNull();
  });

  it("does not depend on the order of the sources", () => {
    const date = fc.date({ min: new Date("2020-01-01"), max: new Date("2030-01-01"), noInvalidDate: true });
    const any = fc.record({
      source: fc.constantFrom("A", "B", "C"),
      firstSeen: date,
      lastSeen: date,
      confidence: fc.integer({ min: 0, max: 100 }),
      tlp: fc.constantFrom(...TLPS),
      tags: fc.array(fc.constantFrom("x", "y", "z")),
      validUntil: fc.option(date),
    });
    fc.assert(
      fc.property(fc.array(any, { minLength: 1, maxLength: 6 }), (list) => {
        const forth = mergeAttributions(list);
        const back = mergeAttributions(list.toReversed());
        expect({ ...forth, sources: forth?.sources.toSorted() }).toEqual({
          ...back,
          sources: back?.sources.toSorted(),
        });
      }),
    );
  });
});

describe("mergeClaims", () => {
  it("keeps the earlier row's words and what only the later row says", () => {
    const merged = mergeClaims(
      { comment: "first", confidence: 20, tlp: "green", firstSeen: new Date("2026-01-02") },
      {
        comment: "second",
        threatType: "C2",
        confidence: 80,
        tlp: "amber",
        firstSeen: new Date("2026-01-01"),
        validUntil: new Date("2026-02-01"),
      },
    );

    expect(merged).toEqual({
      comment: "first",
      threatType: "C2",
      confidence: 80,
      tlp: "amber",
      firstSeen: new Date("2026-01-01"),
      validUntil: new Date("2026-02-01"),
    });
  });
});
