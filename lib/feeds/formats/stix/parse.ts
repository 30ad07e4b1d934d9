import { BATCH_ROWS, type FeedFormat, type ParsedRow, type ParseSettings } from "@/lib/feeds/contract";
import { exclusionOf, rejectedRow } from "@/lib/feeds/formats/candidate";
import { blocks } from "@/lib/feeds/text/blocks";
import { decodeText } from "@/lib/feeds/text/decode";
import { isRecord, parseJson } from "@/lib/feeds/text/json";
import { MAX_LINE_CHARS, readLines } from "@/lib/feeds/text/lines";

import { tlpOfDefinition } from "./markings";
import { textOf, type StixContext, type StixObject } from "./read-claim";
import { readIndicator } from "./read-indicator";

/**
 * STIX objects, one on each line. Identities and marking definitions tell about the indicators after them; any other kind
 * of object, and an indicator that was revoked, is no row.
 */
export const stixFormat = { parse: parseStix } satisfies FeedFormat;

async function* parseStix(
  body: AsyncIterable<Uint8Array>,
  settings: ParseSettings,
  signal?: AbortSignal,
): AsyncGenerator<readonly ParsedRow[]> {
  const readRow = createRowReader(settings);
  let batch: ParsedRow[] = [];
  let line = 0;
  for await (const lines of readLines(decodeText(body, "utf-8", signal)))
    for (const block of blocks(lines, BATCH_ROWS)) {
      for (const raw of block) {
        const row = readRow(++line, raw);
        if (row) batch.push(row);
      }
      if (batch.length < BATCH_ROWS) continue;
      yield* blocks(batch, BATCH_ROWS);
      batch = [];
      signal?.throwIfAborted();
    }
  yield* blocks(batch, BATCH_ROWS);
}

const createRowReader = (settings: ParseSettings): ((line: number, raw: string) => ParsedRow | null) => {
  const reading = { ...settings, isExcluded: exclusionOf(settings.exclusionRegex) };
  const context: StixContext = { names: new Map(), markings: new Map() };
  return (line, raw) => {
    if (raw.trim() === "") return null;
    if (raw.length > MAX_LINE_CHARS)
      return rejectedRow(line, raw, "line_too_long", "The line is longer than 1 MB.");
    const parsed = parseJson(raw);
    if (!parsed.ok || !isRecord(parsed.value))
      return rejectedRow(line, raw, "malformed_row", "The line is no STIX object.");
    const object = parsed.value;
    if (object["type"] !== "indicator") return note(object, context);
    if (object["revoked"] === true) return null;
    return { line, raw: raw.slice(0, MAX_RAW_CHARS), candidates: readIndicator(object, context, reading) };
  };
};

const note = (object: StixObject, { names, markings }: StixContext): null => {
  const id = textOf(object, "id");
  if (object["type"] === "identity") names.set(id, textOf(object, "name"));
  else if (object["type"] === "marking-definition") {
    const tlp = tlpOfDefinition(object);
    if (tlp !== undefined) markings.set(id, tlp);
  }
  return null;
};

const MAX_RAW_CHARS = 4_000;
