import { describe, expect, it } from "vitest";

import { mergeClaims, type MergedRecord } from "./merge-claims";
import { findOverlong, recordTexts } from "./record-texts";

const ANY_TLP = 5;
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
    mergeClaims([share("A")], ANY_TLP),
    "https://sluice.example/x",
    LIMITS,
  );
  expect(title).toBe("Ours {team} now");
  expect(description).toBe("Teams: A. https://sluice.example/x");
});

it("keeps adopted words to the team's own people", () => {
  const merged = mergeClaims([share("A"), share("B")], ANY_TLP);
  expect(recordTexts("domain", merged, "https://sluice.example/x", LIMITS).title).toBe("[A +1] Domain · 80");
});

describe("a text that would be too long", () => {
  const LINK = "https://sluice.example/indicators/7";
  const long: MergedRecord = {
    ...mergeClaims([{ ...share("Blue"), content: { ...share("Blue").content, words: undefined } }], ANY_TLP),
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

describe("a template with many words of its own", () => {
  const APP = "https://sluice.example";
  const LINK = `${APP}/indicators/0190c5a4-7d3e-7000-8000-000000000001`;
  const record: MergedRecord = {
    ...mergeClaims([share("B".repeat(60)), share("C".repeat(60))], ANY_TLP),
    feeds: Array.from({ length: 50 }, (_, n) => `Feed ${String(n)}`),
    threatTypes: ["Malware ".repeat(30)],
    comments: ["A very long story. ".repeat(200)],
    tags: ["emotet ".repeat(50)],
  };
  const described = (description: string) =>
    recordTexts("domain", { ...record, templates: { title: null, description } }, LINK, LIMITS).description;
  const titled = (title: string) =>
    recordTexts("domain", { ...record, templates: { title, description: null } }, LINK, LIMITS).title;

  it("is refused where they leave no room for the team's name, and says by how much", () => {
    expect(findOverlong(`{team} ${"x".repeat(195)}`, APP, 200)).toContain(
      "With a long team name it has 256 characters, and 200 go there. Use 56 fewer",
    );
    expect(findOverlong(`{team} ${"x".repeat(139)}`, APP, 200)).toBeNull();
    expect(findOverlong(`{link} ${"x".repeat(960)}`, APP, 1_000)).not.toBeNull();
  });

  it("counts all that is never shortened, and nothing that is", () => {
    const fixed = "x".repeat(120);
    expect(findOverlong(`{team} ${fixed} {comment} {feeds} {tags} {teams} {threat}`, APP, 200)).toBeNull();
    expect(findOverlong(`{team} ${fixed} {type} {confidence} {others}`, APP, 200)).not.toBeNull();
  });

  it("keeps the team and the link whole in whatever is not refused", () => {
    for (const words of [0, 60, 100, 120, 139]) {
      const template = `{comment} {team} ${"x".repeat(words)} {feeds}`;
      expect([words, findOverlong(template, APP, 200)]).toEqual([words, null]);
      expect(titled(template)).toContain("B".repeat(60));
      expect(titled(template).length).toBeLessThanOrEqual(200);
    }
    for (const words of [0, 500, 850]) {
      const template = `{comment} {team} ${"x".repeat(words)} {tags} {link} {feeds}`;
      expect([words, findOverlong(template, APP, 1_000)]).toEqual([words, null]);
      expect(described(template)).toContain(LINK);
      expect(described(template)).toContain("B".repeat(60));
      expect(described(template).length).toBeLessThanOrEqual(1_000);
    }
  });
});
