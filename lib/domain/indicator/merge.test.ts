import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createMatcher } from "@/lib/domain/screening/matcher";

import { indicatorId } from "./identity";
import { explainState, type AttributionFacts } from "./lifecycle";
import { mergeVouched, type Vouched } from "./merge";
import { normalise } from "./normalise";
import { isRange, rangeToCidrs } from "./range";
import { MERGE_VECTORS, NETWORK_VECTORS, type Said } from "./testing/merge-vectors";
import { TLPS, tlpCode } from "./tlp";

const day = (number: number) => new Date(Date.UTC(2026, 0, number));
const toVouched = ({ source, confidence = 50, firstDay = 1, lastDay = 1, tlp = "amber" }: Said): Vouched => ({
  ...{ source, confidence, tlp, tags: [], validUntil: null },
  ...{ firstSeen: day(firstDay), lastSeen: day(lastDay) },
});

describe("MineMeld's cases of several sources", () => {
  it.each(MERGE_VECTORS.filter(({ differs }) => differs === undefined))(
    "$name: as there",
    ({ said, theirs }) => {
      const ours = mergeVouched(said.map(toVouched));
      const { firstDay, lastDay, ...plain } = theirs ?? {};
      const expected = {
        ...ours,
        ...plain,
        ...(firstDay !== undefined && { firstSeen: day(firstDay) }),
        ...(lastDay !== undefined && { lastSeen: day(lastDay) }),
      };

      expect(ours).toEqual(theirs === null ? null : expected);
    },
  );

  it("A: the strictest marking holds, whoever comes last", () => {
    const [vector] = MERGE_VECTORS.filter(({ differs }) => differs === "A");

    expect(vector?.theirs?.tlp).toBe("green");
    expect(mergeVouched((vector?.said ?? []).map(toVouched))?.tlp).toBe("red");
  });

  it("E: what each source says stays its own: merging changes none of them and needs no order", () => {
    const all = [toVouched({ source: "b", confidence: 10 }), toVouched({ source: "a", confidence: 90 })];
    const before = structuredClone(all);

    expect(mergeVouched(all)).toEqual(mergeVouched(all.toReversed()));
    expect(mergeVouched(all)?.sources).toEqual(["a", "b"]);
    expect(all).toEqual(before);
  });

  const vouched = fc.record<Vouched>({
    source: fc.constantFrom("a", "b", "c"),
    confidence: fc.integer({ min: 0, max: 100 }),
    tlp: fc.constantFrom(...TLPS),
    tags: fc.subarray(["apt", "c2", "spam"]),
    firstSeen: fc.date({ noInvalidDate: true }),
    lastSeen: fc.date({ noInvalidDate: true }),
    validUntil: fc.option(fc.date({ noInvalidDate: true })),
  });

  it("D: a word that is said again changes nothing, in any order", () => {
    fc.assert(
      fc.property(fc.array(vouched, { minLength: 1 }), fc.nat(), (all, place) => {
        const again = all[place % all.length];
        expect(mergeVouched([...(again ? [again] : []), ...all].toReversed())).toEqual(mergeVouched(all));
      }),
    );
  });

  it("never loosens what one source demands, and never lets one shorten another's word", () => {
    fc.assert(
      fc.property(fc.array(vouched, { minLength: 1 }), vouched, (all, more) => {
        const [before, after] = [mergeVouched(all), mergeVouched([...all, more])];
        expect(tlpCode(after?.tlp ?? "clear")).toBeGreaterThanOrEqual(tlpCode(before?.tlp ?? "red"));
        expect(after?.confidence).toBeGreaterThanOrEqual(before?.confidence ?? 101);
        const end = (date: Date | null | undefined) => date?.getTime() ?? Number.POSITIVE_INFINITY;
        expect(end(after?.validUntil)).toBeGreaterThanOrEqual(end(before?.validUntil));
      }),
    );
  });
});

/** What stands of a text, in the spelling that is stored. */
const valuesOf = (text: string): string[] => {
  const found = isRange(text) ? rangeToCidrs(text) : normalise(text);
  if (!found.ok) throw new Error(text);
  return [found.value].flat().map(({ value }) => value);
};

/** First and last address of a network, an address or `first-last`. */
const boundsOf = (text: string): [number, number] => {
  const toNumber = (address: string) => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const [first = "", last] = text.split("-");
  if (last !== undefined) return [toNumber(first), toNumber(last)];
  const [address = "", bits = "32"] = text.split("/");
  return [toNumber(address), toNumber(address) + 2 ** (32 - Number(bits)) - 1];
};

/** The stretches that values cover together. */
const coverage = (texts: readonly string[]): [number, number][] => {
  const joined: [number, number][] = [];
  for (const [first, last] of texts.map(boundsOf).sort(([one], [other]) => one - other)) {
    const open = joined.at(-1);
    if (open && first <= open[1] + 1) open[1] = Math.max(open[1], last);
    else joined.push([first, last]);
  }
  return joined;
};

describe("MineMeld's cases of IPv4 that overlaps", () => {
  it.each(NETWORK_VECTORS)(
    "B, C: $name: the same addresses, each source's value by itself",
    ({ said, theirs, ours }) => {
      const stored = [...new Set(said.flatMap(valuesOf))].sort();

      expect(stored).toEqual(ours.toSorted());
      expect(coverage(stored)).toEqual(coverage(theirs));
    },
  );

  const stopping = (...entries: string[]) =>
    createMatcher([{ id: "1", name: "Ours", match: "cidr", effect: "stop", entries }]);

  it.each([
    ["45.155.0.0/16", ["45.155.0.0/24"]],
    ["45.155.0.0/16", ["45.155.0.1"]],
    ["45.155.0.0/24", ["45.155.0.10", "45.155.0.24"]],
  ])(
    "F: %s is kept in whole by the allowlist entries %j instead of being sent with holes",
    (network, entries) => {
      expect(stopping(...entries).screen("ipv4-cidr", network)).not.toBeNull();
      expect(stopping(...entries).screen("ipv4-cidr", "45.156.0.0/16")).toBeNull();
    },
  );
});

describe("MineMeld's cases of allowlists and types", () => {
  const attribution: AttributionFacts = {
    ...{ feed: "s1", statedUntil: null, firstSeen: day(1), lastSeen: day(1), absentSince: null },
    policy: { removal: "keep" },
  };
  const stateWith = (...names: string[]) =>
    explainState(
      {
        ...{ recall: null, tombstone: null, attributions: [attribution], fading: null },
        allowlists: names.map((list) => ({ list, reason: "Ours.", effect: "stop", until: null })),
      },
      day(2),
    ).state;

  it("takes a value out with its first list, keeps it out under a second, and brings it back with the last that goes", () => {
    expect([stateWith(), stateWith("s2"), stateWith("s2", "s3"), stateWith("s2"), stateWith()]).toEqual([
      ...["active", "allowlisted", "allowlisted", "allowlisted", "active"],
    ]);
  });

  it("G: a list is one by its effect, not by how its name begins", () => {
    const warn = { list: "wl-ours", reason: "Ours.", effect: "warn", until: null } as const;
    const facts = { recall: null, tombstone: null, attributions: [attribution], fading: null };

    expect(explainState({ ...facts, allowlists: [warn] }, day(2)).state).toBe("active");
  });

  it("H: one text under two types is two values, so that neither withdraws the other", () => {
    expect(indicatorId("domain", "45.155.0.1")).not.toBe(indicatorId("ipv4", "45.155.0.1"));
    expect(valuesOf("45.155.0.0/24")).not.toEqual(valuesOf("45.155.0.0/32"));
  });
});
