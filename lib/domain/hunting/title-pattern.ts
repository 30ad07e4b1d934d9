import { USUAL_TEMPLATES } from "@/lib/domain/delivery/templates";

/** What the titles of one team's records match, as a regular expression; `isExact`: those of another team do not. */
export type TitlePattern = { regex: string; isExact: boolean };

/**
 * How the titles of a team's records read by its connector's template, around the team's name. What ends the name there tells “Team A”
 * from “Team AB”; a template that puts nothing fixed behind it (or before it) lets that not be told.
 */
export const titlePattern = (template: string | null, team: string): TitlePattern => {
  const tokens = tokensOf(template ?? USUAL_TEMPLATES.title);
  const places = tokens.flatMap((token, place) => (token === TEAM ? [place] : []));
  const patterns = places.map((place) => patternAt(tokens, place, team));
  return patterns.find(({ isExact }) => isExact) ?? patterns[0] ?? { regex: escape(team), isExact: false };
};

const TEAM = "{team}";
const tokensOf = (template: string): string[] =>
  template.split(/(\{[^{}]*\})/).filter((token) => token !== "");
const isPlaceholder = (token: string): boolean => token.startsWith("{");

type Side = { regex: string; isExact: boolean };

const patternAt = (tokens: readonly string[], place: number, team: string): TitlePattern => {
  const before = sideBefore(tokens.slice(0, place));
  const after = sideAfter(tokens.slice(place + 1));
  return { regex: `${before.regex}${escape(team)}${after.regex}`, isExact: before.isExact && after.isExact };
};

// Where something that may be empty stands before it, its separators go with it, and the name begins the title.
const sideBefore = (tokens: readonly string[]): Side => {
  const last = tokens.at(-1);
  if (last === undefined) return { regex: "^", isExact: true };
  if (isPlaceholder(last) || last.trim() === "") return { regex: "", isExact: false };
  return { regex: tokens.length === 1 ? `^${escape(last)}` : `(?:^|${escape(last)})`, isExact: true };
};

const sideAfter = (tokens: readonly string[]): Side => {
  let regex = "";
  for (const token of tokens) {
    if (token === "{others}") regex += String.raw`\s*(?:\+\d+)?`;
    else if (isPlaceholder(token)) return { regex, isExact: false };
    else if (token.trim() !== "") return { regex: `${regex}(?:${escape(token)}|$)`, isExact: true };
  }
  return { regex: `${regex}$`, isExact: true };
};

/** A text as a pattern of itself; white space may have been closed up around what was empty. */
const escape = (text: string): string => {
  const [first = "", ...others] = text.split(/[\s\p{Cc}\p{Cf}]+/u).map(escapeWord);
  return others.reduce(
    (whole, word) => `${whole}${whole === "" || word === "" ? String.raw`\s*` : String.raw`\s+`}${word}`,
    first,
  );
};

const escapeWord = (word: string): string => word.replaceAll(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`);
