import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { MergedRecord } from "./merge-claims";
import { recordTexts } from "./record-texts";
import {
  descriptionTemplateSchema,
  fillTemplate,
  findTemplateFaults,
  PLACEHOLDERS,
  titleTemplateSchema,
  USUAL_TEMPLATES,
} from "./templates";

const RECORD: MergedRecord = {
  action: "Audit",
  severity: "Medium",
  expiresAt: new Date("2026-12-24T00:00:00Z"),
  confidence: 85,
  tlp: 3,
  teams: [
    { slug: "blue", name: "Blue" },
    { slug: "red", name: "Red" },
  ],
  feeds: ["URLhaus", "Own list"],
  networks: ["203.0.113.8/29"],
  threatTypes: ["Malware"],
  comments: ["Dropper"],
  tags: ["emotet"],
};
const LINK = "https://sluice.example/t/blue/indicators/1";
const LIMITS = { title: 200, description: 1_000 };
const textsOf = (title: string | null, description: string | null, record = RECORD) =>
  recordTexts("domain", { ...record, templates: { title, description } }, LINK, LIMITS);
const USUAL = recordTexts("domain", RECORD, LINK, LIMITS);

describe("a record's wording", () => {
  it("is the usual one where the connector has none", () => {
    expect(textsOf(null, null)).toEqual(USUAL);
    expect(USUAL.title).toBe("[Blue +1] URLhaus · Domain · 85");
  });

  it("is written in the usual templates as the usual text reads", () => {
    const record = { ...RECORD, feeds: ["URLhaus"], networks: [] };
    const { title, description } = USUAL_TEMPLATES;
    expect(textsOf(title, description, record)).toEqual(textsOf(null, null, record));
    expect(titleTemplateSchema.safeParse(title).success).toBe(true);
    expect(descriptionTemplateSchema.safeParse(description).success).toBe(true);
  });

  it("fills in every placeholder from the merged record", () => {
    const all = Object.keys(PLACEHOLDERS)
      .map((name) => `${name}={${name}}`)
      .join("; ");
    expect(textsOf(null, all).description).toBe(
      `team=Blue; teams=Blue, Red; others=+1; feeds=URLhaus, Own list; type=Domain; confidence=85; threat=Malware; comment=Dropper; network=203.0.113.8/29; tags=emotet; link=${LINK}`,
    );
  });

  it("leaves no empty bracket and no lonely separator where there is nothing to say", () => {
    const bare = { ...RECORD, teams: RECORD.teams.slice(0, 1), feeds: [], tags: [] };
    expect(textsOf("[{team} {others}] {feeds} · {type} ({tags}) · {confidence}", null, bare).title).toBe(
      "[Blue] · Domain · 85",
    );
    expect(textsOf("{team} · {feeds} · {tags} · {confidence}", null, bare).title).toBe("Blue · 85");
  });

  it("never takes a source's words for a placeholder", () => {
    fc.assert(
      fc.property(fc.constantFrom("{link}", "{team}", "{{team}}", "$&", "$1"), (comment) => {
        const { description } = textsOf(null, "x {comment} y", { ...RECORD, comments: [comment] });
        expect(description).toBe(`x ${comment} y`);
      }),
    );
  });

  it("is the usual one where a template comes to nothing", () => {
    expect(textsOf(null, "{tags}", { ...RECORD, tags: [] }).description).toBe(USUAL.description);
  });
});

describe("a template", () => {
  it.each([
    ["{team}: {who}", "{who} is unknown"],
    ["{team} {Team}", "{Team} is unknown. Did you mean {team}?"],
    ["{team} {comnent}", "{comnent} is unknown. Did you mean {comment}?"],
    ["{team} }", "The brace } after “{team}” has no partner"],
    ["{{team}}", "The brace { at the beginning has no partner"],
    ["{team}: {foo", "The brace { after “{team}:” has no partner"],
    ["All ours", "Keep {team}"],
    ["{team}".padEnd(201, "x"), "at most 200"],
  ])("for a title such as %j is refused: %s", (text, words) => {
    const parsed = titleTemplateSchema.safeParse(text);
    expect(JSON.stringify(parsed.error?.issues)).toContain(words);
  });

  it("has each fault at the place where it stands", () => {
    const text = "{team} {who} · {feed} }";
    const faults = findTemplateFaults(text);
    expect(faults.map((fault) => fault.text)).toEqual(["{who}", "{feed}", "}"]);
    for (const { at, text: part } of faults) expect(text.slice(at, at + part.length)).toBe(part);
    expect(findTemplateFaults(USUAL_TEMPLATES.description)).toEqual([]);
  });

  it("for a description need not name the team, which the title does", () => {
    expect(descriptionTemplateSchema.parse(" {comment} {link} ")).toBe("{comment} {link}");
  });

  it("without placeholders stays as it is", () => {
    const nothing = Object.fromEntries(Object.keys(PLACEHOLDERS).map((name) => [name, ""]));
    expect(fillTemplate("Just words", nothing as never)).toBe("Just words");
  });
});
