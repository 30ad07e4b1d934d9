import { describe, expect, it } from "vitest";

import { describeDrift, DRIFT_REASONS, type ShownRecord } from "./drift";

const record: ShownRecord = {
  action: "Audit",
  severity: "Medium",
  expiresAt: new Date("2026-12-24T10:00:00Z"),
  textHash: "as seen",
  groups: '["Servers"]',
  alerts: true,
  pattern: "domain:evil.example.com",
  marking: "amber+strict",
};

describe("describeDrift", () => {
  it.each<[string, Partial<ShownRecord>]>([
    ["nothing", {}],
    ["a fraction of a second", { expiresAt: new Date("2026-12-24T10:00:00.999Z") }],
    ["what the destination does not tell", { action: null, severity: null, textHash: null }],
    ["what it has no word for", { groups: null, alerts: null, pattern: null, marking: null }],
  ])("takes %s for no difference", (_what, change) => {
    expect(describeDrift(record, { ...record, ...change })).toEqual([]);
    expect(describeDrift({ ...record, textHash: null }, { ...record, ...change })).toEqual([]);
  });

  it.each<[Partial<ShownRecord>, string]>([
    [{ action: "Allowed" }, "action Allowed instead of Audit"],
    [{ severity: "High" }, "severity High instead of Medium"],
    [
      { expiresAt: new Date("2026-12-01T00:00:00Z") },
      "end 2026-12-01T00:00Z instead of end 2026-12-24T10:00Z",
    ],
    [{ expiresAt: null }, "no end instead of end 2026-12-24T10:00Z"],
    [{ textHash: "other" }, "another title or description"],
    [{ groups: "" }, "other device groups: all devices instead of Servers"],
    [{ groups: '["Servers","Testing"]' }, "other device groups: Servers, Testing instead of Servers"],
    [{ alerts: false }, "no alert on a match"],
    [{ pattern: "domain:other.example.com" }, "a pattern that matches something else"],
    [{ marking: "none" }, "no TLP marking instead of TLP:AMBER"],
    [{ marking: "clear" }, "TLP:CLEAR instead of TLP:AMBER"],
  ])("finds %j", (change, words) => {
    expect(describeDrift(record, { ...record, ...change })).toEqual([words]);
  });

  it("says all of it in one sentence", () => {
    const differences = describeDrift(record, { ...record, action: "Block", textHash: "other" });
    expect(DRIFT_REASONS.changed(differences)).toBe(
      "Changed at Microsoft outside Sluice: action Block instead of Audit, another title or description.",
    );
  });
});
