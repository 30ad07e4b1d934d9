import { expect, it } from "vitest";

import { describeDifference } from "./compare";
import type { Share } from "./share";

const feed = { name: "List", isPublic: true, comment: "", threatType: "", tags: [] };
const share: Share = {
  action: "Audit",
  severity: "Medium",
  expiresAt: new Date("2026-12-24T00:00:00Z"),
  content: { team: { slug: "a", name: "Team A" }, tlp: 3, confidence: 50, feeds: [feed] },
};
const reasonOf = (content: Partial<Share["content"]>): string =>
  describeDifference(share, { ...share, content: { ...share.content, ...content } }).reason;

it("says what a renamed team, a renamed feed or one made private changes in a record", () => {
  expect(reasonOf({ team: { slug: "a", name: "Blue" } })).toBe("Changed: team Team A → Blue.");
  expect(reasonOf({ feeds: [{ ...feed, name: "Other" }] })).toBe("Changed: feeds List → Other.");
  expect(reasonOf({ feeds: [{ ...feed, isPublic: false }] })).toBe(
    "Changed: which of its feeds other teams may read of.",
  );
});

it("says of what is only to be written anew that others' stricter sources leave it", () => {
  expect(reasonOf({})).toBe(
    "What sources of other claimants say of it is stricter than this connector’s ceiling, and leaves the record.",
  );
});
