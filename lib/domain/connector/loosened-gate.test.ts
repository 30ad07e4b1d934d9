import { describe, expect, it } from "vitest";

import { gateSchema } from "./gate-input";
import { isLoosened } from "./loosened-gate";

const FORMER = { maxPrevalence: 5, nearAllowlist: true, otherTeams: true };
const gate = (given: object | null) => given && gateSchema.parse(given);

describe("a gate is looser", () => {
  it.each([
    ["once it is gone", null],
    ["when it takes more devices", { ...FORMER, maxPrevalence: 6 }],
    ["when it takes any number of devices", { ...FORMER, maxPrevalence: null }],
    ["when allowlists count no more", { ...FORMER, nearAllowlist: false }],
    ["when other teams count no more", { ...FORMER, otherTeams: false }],
    ["when one part is stricter and another is not", { maxPrevalence: 1, nearAllowlist: true }],
  ])("%s", (_, now) => {
    expect(isLoosened(gate(FORMER), gate(now))).toBe(true);
  });

  it.each([
    ["when there was none", null, null],
    ["when it is the first", null, FORMER],
    ["when it is as it was", FORMER, FORMER],
    ["when it takes fewer devices", FORMER, { ...FORMER, maxPrevalence: 4 }],
    ["when it only says otherwise what is watched meanwhile", FORMER, { ...FORMER, whenUnknown: "audit" }],
  ])("never %s", (_, former, now) => {
    expect(isLoosened(gate(former), gate(now))).toBe(false);
  });
});
