import { parseTlp, strictest, type Tlp } from "@/lib/domain/indicator/types";

/** 0 to 100 from `85`, `85%`, `85.5`, or STIX' words (2.1, appendix A); undefined for everything else. */
export const parseConfidence = (cell: string): number | undefined => {
  const text = cell.trim().toLowerCase();
  const word = CONFIDENCE_WORDS.get(text);
  if (word !== undefined) return word;
  if (!NUMBER.test(text)) return undefined;
  const value = Math.round(Number.parseFloat(text));
  return value <= 100 ? value : undefined;
};

/** The marking in a cell. A cell that says something else is taken for amber: never for less than nothing said. */
export const parseTlpCell = (cell: string): Tlp | undefined =>
  cell.trim() === "" ? undefined : (parseTlp(cell) ?? "amber");

/** The tags in a cell, without their `#`, each once; a TLP among them is taken out and given as one. */
export const parseTags = (cell: string): { tags: readonly string[]; tlp: Tlp | undefined } => {
  const tags = new Set<string>();
  let tlp: Tlp | undefined;
  for (const part of cell.split(SEPARATORS))
    for (const word of part.trim().startsWith("#") ? part.split(BLANKS) : [part]) {
      const tag = word.trim().replace(/^#/, "").slice(0, MAX_TAG_CHARS);
      const marking = TLP_TAG.test(tag) ? parseTlp(tag) : null;
      if (marking) tlp = tlp === undefined ? marking : strictest(tlp, marking);
      else if (tag !== "" && tags.size < MAX_TAGS) tags.add(tag);
    }
  return { tags: [...tags], tlp };
};

const CONFIDENCE_WORDS: ReadonlyMap<string, number> = new Map([
  ["none", 0],
  ["low", 15],
  ["medium", 50],
  ["med", 50],
  ["high", 85],
]);
const NUMBER = /^\d{1,3}(?:\.\d{1,6})?\s?%?$/;
const SEPARATORS = /[,;|]/;
const BLANKS = /\s+/;
const TLP_TAG = /^tlp:/i;
const MAX_TAGS = 50;
const MAX_TAG_CHARS = 100;
