import { describe, expect, it } from "vitest";

import { bulkFormSchema, toChange, toSelection } from "./bulk-form-schema";

const ID = "0199b7a0-0000-4000-8000-000000000000";
const read = (given: object) => bulkFormSchema.parse({ team: "a", ids: ID, query: "", ...given });

describe("what the list sends of a change of many", () => {
  it("means the chosen, or all that the list's address finds", () => {
    const withdrawal = { action: "withdraw", reason: "Why." };
    expect(toSelection(read(withdrawal))).toEqual({ ids: [ID] });
    expect(
      toSelection(read({ ...withdrawal, ids: "", query: "type=domain,url&q=bad&columns=tags&view=none" })),
    ).toEqual({ filter: { type: ["domain", "url"], q: "bad", sort: "-addedAt" } });
  });

  it.each([
    [
      { action: "tags", add: "one, two", remove: "" },
      { action: "tags", add: ["one", "two"], remove: [], feedsOnly: "leave" },
    ],
    [
      { action: "validity", until: "2031-02-03", feedsOnly: "on" },
      { action: "validity", validUntil: "2031-02-03T23:59:59.000Z", feedsOnly: "adopt" },
    ],
    [
      { action: "validity", until: "" },
      { action: "validity", validUntil: null, feedsOnly: "leave" },
    ],
    [
      { action: "confidence", confidence: "70" },
      { action: "confidence", confidence: 70, feedsOnly: "leave" },
    ],
    [
      { action: "tlp", tlp: "red" },
      { action: "tlp", tlp: "red", feedsOnly: "leave" },
    ],
  ])("asks by %j for what it says", (given, change) => {
    expect(toChange(read(given))).toEqual(change);
  });

  it.each([
    { action: "withdraw", reason: " " },
    { action: "tags", add: " , ", remove: "" },
    { action: "confidence", confidence: "101" },
    { action: "recall" },
    { action: "withdraw", reason: "Why.", ids: "x" },
  ])("is refused as %j", (given) => {
    expect(bulkFormSchema.safeParse({ team: "a", ids: ID, ...given }).success).toBe(false);
  });
});
