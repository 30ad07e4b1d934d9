import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { connectorPatchSchema } from "./connector-input";
import { gateSchema } from "./gate-input";
import { mergePatch } from "./merge-patch";
import { selectionSchema } from "./selection-input";

const FEED = "7e000001-0a1b-4c2d-8e3f-000000000001";
const OTHER = "7e000001-0a1b-4c2d-8e3f-000000000002";
const BEFORE = {
  selection: selectionSchema.parse({
    feeds: [FEED],
    types: ["domain"],
    minConfidence: 80,
    maxTlp: "green",
    tags: { allow: ["ours"], block: ["test"] },
    maxAgeDays: 30,
  }),
  expiryByType: { ipv4: 7, url: 14 },
  approval: { maxAdds: 10, maxRemoves: 5, maxRemovedPercent: 20 },
  automaticLimits: null,
  gate: gateSchema.parse({ maxPrevalence: 100, otherTeams: true }),
};
const merge = (patch: object, before = BEFORE) => mergePatch(before, connectorPatchSchema.parse(patch));

describe("a change of one field of a connector's objects", () => {
  it.each([
    [{ minConfidence: 90 }],
    [{ maxTlp: "clear" }],
    [{ types: null }],
    [{ maxAgeDays: null }],
    [{ expandNetworksUpTo: 8 }],
  ])("such as %j of the selection leaves all others as they are, its feeds among them", (change) => {
    expect(merge({ selection: change }).selection).toEqual({ ...BEFORE.selection, ...change });
  });

  it("changes nothing that it does not name, whichever fields these are", () => {
    const changes = { feeds: [OTHER], types: ["ipv4"], minConfidence: 1, maxTlp: "amber", maxAgeDays: 9 };
    fc.assert(
      fc.property(fc.subarray(Object.keys(changes)), (names) => {
        const named = Object.fromEntries(Object.entries(changes).filter(([name]) => names.includes(name)));
        expect(merge({ selection: named }).selection).toEqual({ ...BEFORE.selection, ...named });
      }),
    );
  });

  it("takes all feeds only where that is said", () => {
    expect(merge({ selection: { feeds: null } }).selection).toEqual({ ...BEFORE.selection, feeds: null });
  });

  it("replaces a list of tags and leaves the other", () => {
    expect(merge({ selection: { tags: { allow: [] } } }).selection?.tags).toEqual({
      allow: [],
      block: ["test"],
    });
  });

  it("changes the days of one type; null takes them away", () => {
    expect(merge({ expiryByType: { ipv4: 3, url: null } }).expiryByType).toEqual({ ipv4: 3 });
  });

  it("raises one limit and keeps the others", () => {
    expect(merge({ approval: { maxAdds: 20 } }).approval).toEqual({ ...BEFORE.approval, maxAdds: 20 });
    expect(merge({ approval: null })).toEqual({ approval: null });
  });

  it("makes limits where there were none", () => {
    expect(merge({ automaticLimits: { maxRemoves: 5 } }).automaticLimits).toEqual({
      ...{ maxAdds: null, maxRemoves: 5, maxRemovedPercent: null },
    });
  });

  it("of the gate leaves the rest of it, and may not leave a gate that looks at nothing", () => {
    expect(merge({ gate: { maxPrevalence: 5 } }).gate).toEqual({ ...BEFORE.gate, maxPrevalence: 5 });
    expect(() => merge({ gate: { maxPrevalence: null, otherTeams: false } })).toThrow("Say what the gate");
    expect(merge({ gate: { nearAllowlist: true } }, { ...BEFORE, gate: null as never }).gate).toEqual(
      gateSchema.parse({ nearAllowlist: true }),
    );
  });

  it("that names none of them leaves them out", () => {
    expect(merge({ name: "Other" })).toEqual({ name: "Other" });
  });
});
