import { describe, expect, it } from "vitest";

import { describeDrift, DRIFT_REASONS, type ShownRecord } from "./drift";

const record: ShownRecord = {
  action: "Audit",
  severity: "Medium",
  expiresAt: new Date("2026-12-24T10:00:00Z"),
  textHash: "as seen",
};

describe("describeDrift", () => {
  it.each<[string, Partial<ShownRecord>]>([
    ["nothing", {}],
    ["a fraction of a second", { expiresAt: new Date("2026-12-24T10:00:00.999Z") }],
    ["what the destination does not tell", { action: null, severity: null, textHash: null }],
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
