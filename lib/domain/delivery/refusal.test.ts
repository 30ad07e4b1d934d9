import { describe, expect, it } from "vitest";

import { adviceOn, ENDS_TOO_EARLY, isRefusedForGood, refusalCode } from "./refusal";

describe("a refusal", () => {
  it.each([
    { reason: "Max capacity exceeded. Current Total: 15000, Limit: 15000", code: "capacity", advice: /full/ },
    { reason: "The indicator was created by another application.", code: "conflict", advice: /in the way/ },
    { reason: "The expiration time must be in the future.", code: "expired", advice: /end is past/ },
    { reason: "10.0.0.1 is not an external address", code: "invalid", advice: /private/ },
    { reason: "Action Warn is not supported for FileMd5", code: "invalid", advice: /another action/ },
    {
      reason: "The length of the description is invalid: at most 100 characters are allowed.",
      ...{ code: "invalid", advice: /shorter title or description/ },
    },
    { reason: "Title is too long", code: "invalid", advice: /shorter title or description/ },
    { reason: "The indicator value is invalid", code: "invalid", advice: /as it is written/ },
  ])("of the kind $code has advice: $reason", ({ reason, code, advice }) => {
    expect(refusalCode(reason)).toBe(code);
    expect(adviceOn(reason)).toMatch(advice);
  });

  it.each(Object.values(ENDS_TOO_EARLY))("of our own for its end has advice: %s", (reason) => {
    expect(adviceOn(reason)).toMatch(/end is past/);
  });

  it("in words that nobody knows has none", () => {
    expect(adviceOn("Something went wrong.")).toBeNull();
  });

  it("is for good where the same would be refused again, and not where a later end may help", () => {
    expect(isRefusedForGood("invalid")).toBe(true);
    expect(isRefusedForGood("expired")).toBe(false);
    expect(isRefusedForGood("capacity")).toBe(false);
    expect(isRefusedForGood("other")).toBe(false);
  });
});
