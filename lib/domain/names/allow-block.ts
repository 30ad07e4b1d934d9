import { z } from "zod";

const namesSchema = z.array(z.string().trim().min(1).max(255)).max(200).default([]);

/**
 * What must be there and what must not; an empty `allow` lets everything through. Names are compared whole, in any case; `%`
 * stands for any text.
 */
export const allowBlockSchema = z.strictObject({ allow: namesSchema, block: namesSchema }).prefault({});
export type AllowBlock = z.infer<typeof allowBlockSchema>;

/** A wanted name, ready to be compared with many. */
export type NamePattern = { text: string; parts: readonly string[] };
export type CompiledAllowBlock = { allow: readonly NamePattern[]; block: readonly NamePattern[] };

/** Makes names ready to be compared. */
export const compileNames = (texts: readonly string[]): readonly NamePattern[] =>
  texts.map((text) => ({ text, parts: text.toLowerCase().split("%") }));

/** Both of its lists, ready to be compared. */
export const compileAllowBlock = ({ allow, block }: AllowBlock): CompiledAllowBlock => ({
  allow: compileNames(allow),
  block: compileNames(block),
});

/** The first of the names that one of the patterns stands for. */
export const findName = (names: readonly string[], patterns: readonly NamePattern[]): string | undefined =>
  patterns.length === 0
    ? undefined
    : names.find((name) => {
        const lower = name.toLowerCase();
        return patterns.some(({ parts }) => matchesParts(lower, parts));
      });

/** A name in quotes, cut to what a sentence has room for. */
export const quoteName = (text: string): string => `“${text.slice(0, 80)}”`;

/** The wanted names for a sentence: three of them, and how many more there are. */
export const quoteNames = (patterns: readonly Pick<NamePattern, "text">[]): string => {
  const quoted = patterns.slice(0, 3).map(({ text }) => quoteName(text));
  const more = patterns.length - quoted.length;
  return more > 0 ? `${quoted.join(", ")} and ${String(more)} more` : quoted.join(" or ");
};

// The first part is a beginning, the last an end, and those between follow each other: no pattern can take long.
const matchesParts = (name: string, parts: readonly string[]): boolean => {
  const [first = "", ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return name === first;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
};
