import { describe, expect, it } from "vitest";

import { mergeClaims, type MergedRecord } from "./merge-claims";
import { recordTexts } from "./record-texts";

const LIMITS = { title: 200, description: 1_000 };
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
  const { title, description } = recordTexts(
    "domain",
    mergeClaims([share("A")]),
    "https://sluice.example/x",
    LIMITS,
  );
  expect(title).toBe("Ours {team} now");
  expect(description).toBe("Teams: A. https://sluice.example/x");
});

it("keeps adopted words to the team's own people", () => {
  const merged = mergeClaims([share("A"), share("B")]);
  expect(recordTexts("domain", merged, "https://sluice.example/x", LIMITS).title).toBe("[A +1] Domain · 80");
});

describe("a text that would be too long", () => {
  const LINK = "https://sluice.example/indicators/7";
  const long: MergedRecord = {
    ...mergeClaims([{ ...share("Blue"), content: { ...share("Blue").content, words: undefined } }]),
    feeds: ["URLhaus", "Own list"],
    threatTypes: ["Malware"],
    comments: ["A very long story. ".repeat(200)],
  };
  const LIKELY = [
    ["many words of a source", {}],
    ["many threat types", { threatTypes: Array.from({ length: 300 }, (_, n) => `kind-${String(n)}`) }],
    ["many networks", { networks: Array.from({ length: 100 }, (_, n) => `203.0.${String(n)}.0/24`) }],
    ["many feeds", { feeds: Array.from({ length: 100 }, (_, n) => `Feed ${String(n)}`) }],
    [
      "many teams",
      { teams: Array.from({ length: 90 }, (_, n) => ({ slug: "x", name: `Team ${String(n)}` })) },
    ],
    ["a long name of a team", { teams: [{ slug: "x", name: "Blue".repeat(80) }] }],
  ] as const satisfies readonly (readonly [string, Partial<MergedRecord>])[];

  it("shortens what the source says, and keeps feeds, teams and the link", () => {
    const { description } = recordTexts("domain", long, LINK, LIMITS);
    expect(description).toMatch(/^Malware: A very long story\..*… Feeds: URLhaus, Own list\. Teams: Blue\. /);
    expect(description.endsWith(` ${LINK}`)).toBe(true);
    expect(description.length).toBeLessThanOrEqual(1_000);
    expect(description.length).toBeGreaterThan(980);
  });

  it.each(LIKELY)("never loses the link to %s, and fits", (_what, change) => {
    const { title, description } = recordTexts("domain", { ...long, ...change }, LINK, LIMITS);
    expect(description.endsWith(LINK)).toBe(true);
    expect(description.length).toBeLessThanOrEqual(1_000);
    expect(title.length).toBeLessThanOrEqual(200);
    expect(title).toMatch(/ · Domain · 80$|\] Domain · 80$/);
  });

  it("keeps the link of a connector's own wording as well, wherever that stands in it", () => {
    const templates = { title: null, description: "{comment} ({comment}) see {link} {tags}" };
    const { description } = recordTexts("domain", { ...long, templates }, LINK, LIMITS);
    expect(description).toContain(`see ${LINK}`);
    expect(description).toContain("A very long story");
    expect(description.length).toBeLessThanOrEqual(1_000);
  });

  it("counts lines and control characters as what is sent in their place", () => {
    const comments = ["A line\n\n\tand another\u0007 ".repeat(100)];
    const { description } = recordTexts("domain", { ...long, comments }, LINK, LIMITS);
    expect(description).toMatch(/^Malware: A line and another A line/);
    expect(description.length).toBeGreaterThan(980);
  });
});
