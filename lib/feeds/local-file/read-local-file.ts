import { parseText } from "@/lib/domain/indicator/extract";
import { detectKind } from "@/lib/feeds/detect-kind";
import { decodeText } from "@/lib/feeds/text/decode";

import type { LocalFile, LocalFileRow } from "./contract";
import { once } from "./once";
import { objectsOfBundle, readBundle } from "./read-bundle";
import { readItems } from "./read-items";
import { hasValueColumn, readTable } from "./read-table";

/**
 * Reads a file of indicators that a person wants in the team's own list: a CSV table, JSON, a STIX 2.1 bundle or lines of text,
 * told apart by what is in it. A bad row is a row with its line and its reason.
 */
export const readLocalFile = async (bytes: Uint8Array, now: Date): Promise<LocalFile> => {
  let text = "";
  for await (const piece of decodeText(once(bytes), "auto")) text += piece;
  const objects = objectsOfBundle(text);
  if (objects !== null) return readBundle(objects, now);
  const kind = detectKind(text.slice(0, MAX_SAMPLE_CHARS), null)?.kind;
  if (kind !== undefined && !LISTS.has(kind)) return readItems(bytes, text, now);
  if (kind === "csv" || hasValueColumn(bytes, text)) return readTable(bytes, text);
  return readPlain(text);
};

const readPlain = (text: string): LocalFile => {
  const { indicators, rejected } = parseText(text);
  const good = indicators.map(({ line, original, type, value, port }): LocalFileRow => {
    // The way it was written holds the port.
    return { line, text: original, item: port === undefined ? { value, type } : { value: original } };
  });
  const bad = rejected.map(({ line, original, reason }): LocalFileRow => ({ line, text: original, reason }));
  const rows = [...good, ...bad].sort((one, other) => one.line - other.line);
  return { format: "text", unit: "line", rows, notes: [] };
};

const LISTS: ReadonlySet<string> = new Set(["csv", "freetext"]);
const MAX_SAMPLE_CHARS = 65_536;
