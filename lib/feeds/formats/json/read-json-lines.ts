import { BATCH_ROWS, type ParsedRow, type ParseSettings } from "@/lib/feeds/contract";
import { rejectedRow } from "@/lib/feeds/formats/candidate";
import { blocks } from "@/lib/feeds/text/blocks";
import { parseJson } from "@/lib/feeds/text/json";
import { MAX_LINE_CHARS, readLines } from "@/lib/feeds/text/lines";

import { itemReader } from "./read-item";

/** The rows of a file with one document on each line; a broken line costs only itself. */
export async function* readJsonLines(
  text: AsyncIterable<string>,
  settings: ParseSettings,
): AsyncGenerator<readonly ParsedRow[]> {
  const readItem = itemReader(settings);
  let line = 0;
  const toRow = (raw: string): ParsedRow | null => {
    line++;
    if (raw.length > MAX_LINE_CHARS)
      return rejectedRow(line, raw, "line_too_long", "The line is longer than 1 MB.");
    // A JSON text sequence (RFC 7464) begins each line with a record separator.
    const document = (raw.startsWith(RECORD_SEPARATOR) ? raw.slice(1) : raw).trim();
    if (document === "" || document === "null") return null;
    const parsed = parseJson(document);
    return parsed.ok
      ? readItem(line, document, parsed.value)
      : rejectedRow(line, raw, "malformed_row", `The line is no JSON document: ${parsed.reason}.`);
  };
  for await (const lines of readLines(text))
    for (const block of blocks(lines, BATCH_ROWS)) yield block.map(toRow).filter((row) => row !== null);
}

const RECORD_SEPARATOR = "\u001E";
