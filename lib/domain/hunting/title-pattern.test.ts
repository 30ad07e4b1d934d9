import { describe, expect, it } from "vitest";

import {
  fillTemplate,
  PLACEHOLDERS,
  titleTemplateSchema,
  type TemplateValues,
} from "@/lib/domain/delivery/templates";

import { titlePattern } from "./title-pattern";

const VALUES: TemplateValues = {
  ...{ team: "", teams: "", others: "", feeds: "URLhaus", type: "Domain", confidence: "85" },
  ...{ threat: "Malware", comment: "Dropper", network: "", tags: "apt", link: "https://sluice.example/t/a" },
};
const titled = (template: string | null, team: string, more: Partial<TemplateValues> = {}) =>
  fillTemplate(template ?? "[{team} {others}] {feeds} · {type} · {confidence}", { ...VALUES, ...more, team });
const matches = (template: string | null, team: string, title: string): boolean =>
  new RegExp(titlePattern(template, team).regex, "u").test(title);

const EXACT = [
  null,
  "[{team} {others}] {feeds}",
  "{team}",
  "{team}: {feeds}",
  "{team} · {feeds} · {confidence}",
  "{feeds} · {team}",
  "{feeds} ({team}, {others})",
  "Sluice {team} | {type}",
  "{type} by {team} ({confidence})",
  "{tags} [{team}] {link}",
];
const VAGUE = ["{team} {feeds}", "{team}{feeds}", "{feeds} {team}", "{team} {others} {type}"];

describe("the titles of a team's records", () => {
  it.each(EXACT)(
    "by the template %j are told from those of a team whose name begins or ends the same",
    (template) => {
      expect(titlePattern(template, "Team A").isExact).toBe(true);
      for (const more of [{}, { others: "+2" }, { feeds: "" }, { tags: "", feeds: "" }]) {
        expect([more, matches(template, "Team A", titled(template, "Team A", more))]).toEqual([more, true]);
        for (const other of ["Team AB", "Team A B", "The Team A", "Team", "Team B"])
          expect([other, matches(template, "Team A", titled(template, other, more))]).toEqual([other, false]);
      }
    },
  );

  it.each(VAGUE)("by the template %j are found, and it is said that others may be as well", (template) => {
    expect(titleTemplateSchema.safeParse(template).success).toBe(true);
    expect(titlePattern(template, "Team A").isExact).toBe(false);
    expect(matches(template, "Team A", titled(template, "Team A"))).toBe(true);
  });

  it("take the place of the team's name that tells most", () => {
    expect(titlePattern("{team} {feeds} [{team}]", "A")).toEqual({
      regex: String.raw`(?:^|\s*\[)A(?:\]|$)`,
      isExact: true,
    });
  });

  it("let a team's name be a text and nothing else", () => {
    const team = "Blue (SOC) [1] a.b|c $^*+?\\";
    expect(matches(null, team, titled(null, team))).toBe(true);
    expect(matches(null, "Blue.", titled(null, "Blue1"))).toBe(false);
  });

  it("know every placeholder that may stand before the name", () => {
    for (const name of Object.keys(PLACEHOLDERS)) {
      const template = `{${name}} | {team} | x`;
      expect(matches(template, "Team A", titled(template, "Team A"))).toBe(true);
    }
  });
});
