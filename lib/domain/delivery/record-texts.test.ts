import { expect, it } from "vitest";

import { mergeClaims } from "./merge-claims";
import { recordTexts } from "./record-texts";

const share = (name: string) => ({
  action: "Audit" as const,
  severity: "Medium" as const,
  expiresAt: new Date("2026-12-24T00:00:00Z"),
  content: {
    team: { slug: name, name },
    tlp: 3,
    confidence: 80,
    feeds: [],
    words: { title: "Ours {team} now", description: null },
  },
});

it("says in a record what a person adopted of its words, to the letter, and as everywhere what was not", () => {
  const { title, description } = recordTexts("domain", mergeClaims([share("A")]), "https://sluice.example/x");
  expect(title).toBe("Ours {team} now");
  expect(description).toBe("Teams: A. https://sluice.example/x");
});

it("keeps adopted words to the team's own people", () => {
  const merged = mergeClaims([share("A"), share("B")]);
  expect(recordTexts("domain", merged, "https://sluice.example/x").title).toBe("[A +1] Domain · 80");
});
