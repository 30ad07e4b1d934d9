import { describe, expect, it } from "vitest";

import { rulesSchema } from "./rule-input";
import { whereItHolds } from "./where-it-holds";

const KIOSKS = "on the devices of “Kiosks” alone";

describe("where a blocked value holds", () => {
  it.each([
    ["on all devices", [], [], "on all devices"],
    ["in the connector's groups", ["Kiosks"], [], KIOSKS],
    [
      "in those of a rule for its type",
      [],
      [{ when: { types: ["domain"] }, deviceGroups: ["Kiosks"] }],
      KIOSKS,
    ],
    ["in those of a rule for all", ["Servers"], [{ deviceGroups: ["Kiosks"] }], KIOSKS],
    [
      "never in those of a rule for another type",
      [],
      [{ when: { types: ["url"] }, deviceGroups: ["Kiosks"] }],
      "on all devices",
    ],
    [
      "never in those of a rule that another forestalls",
      [],
      [{ action: "Block" }, { deviceGroups: ["Kiosks"] }],
      "on all devices",
    ],
    [
      "in one of several, where its sources decide",
      [],
      [{ when: { minConfidence: 80 }, deviceGroups: ["Kiosks"] }],
      `${KIOSKS}, or on all devices: as the first rule that fits it says`,
    ],
    [
      "in the same, whatever its sources say",
      ["Servers", "Kiosks"],
      [{ when: { tags: ["c2"] }, deviceGroups: ["Kiosks", "Servers"] }],
      "on the devices of “Kiosks” or “Servers” alone",
    ],
  ])("is %s", (_, deviceGroups, rules, words) => {
    expect(whereItHolds("domain", { deviceGroups, rules: rulesSchema.parse(rules) })).toBe(words);
  });
});
