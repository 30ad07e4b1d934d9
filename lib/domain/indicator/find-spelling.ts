import { readLine } from "./line";
import { normalise } from "./normalise";
import type { IndicatorType } from "./types";

type Target = { type: IndicatorType; value: string };

/**
 * The part of a row from which a value was read, as it is written there; null when it cannot be told, as of a network that
 * is one of several in a range. A row may be a line of text, a record of cells, a JSON document or a STIX pattern.
 */
export const findSpelling = (raw: string, target: Target): string | null => {
  const row = raw.slice(0, MAX_CHARS);
  const parts = [...partsOf(row)];
  const exact = parts.find((text) => reads(text, target));
  if (exact !== undefined) return exact;
  for (const text of parts) {
    const find = readLine(text).find(
      (one) => one.ok && isTarget(one.value, target) && reads(one.text, target),
    );
    if (find) return find.text;
  }
  return null;
};

const isTarget = (read: Target, { type, value }: Target): boolean =>
  read.type === type && read.value === value;

const reads = (text: string, target: Target): boolean => {
  const read = normalise(text, { type: target.type });
  return read.ok && isTarget(read.value, target);
};

/** What may be a value by itself, the most telling cut first. */
function* partsOf(row: string): Generator<string> {
  const strings = stringsOfJson(row);
  if (strings !== null) {
    for (const text of strings) {
      yield text;
      // `[file:hashes.MD5 = '…']`
      for (const [, quoted = ""] of text.matchAll(SINGLE_QUOTED)) yield quoted;
    }
    return;
  }
  for (const [, cell = ""] of row.matchAll(QUOTED_CELL)) yield cell.replaceAll('""', '"');
  yield row.trim();
  for (const separator of SEPARATORS) if (row.includes(separator)) yield* row.split(separator);
}

const stringsOfJson = (row: string): readonly string[] | null => {
  if (!JSON_START.test(row)) return null;
  try {
    const found: string[] = [];
    collect(JSON.parse(row), found);
    return found;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
};

const collect = (node: unknown, found: string[]): void => {
  if (found.length >= MAX_STRINGS) return;
  if (typeof node === "string") found.push(node);
  else if (typeof node === "object" && node !== null)
    for (const child of Object.values(node)) collect(child, found);
};

const MAX_CHARS = 20_000;
const MAX_STRINGS = 500;
const JSON_START = /^\s*[[{]\s*["{[]/;
const SINGLE_QUOTED = /'((?:[^'\\]|\\.){1,8192})'/g;
const QUOTED_CELL = /"((?:[^"]|""){1,8192})"/g;
const SEPARATORS = [",", ";", "\t", "|", " "];
