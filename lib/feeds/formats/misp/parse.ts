import { BATCH_ROWS, type FeedFormat, type ParsedRow, type ParseSettings } from "@/lib/feeds/contract";
import { exclusionOf, rejected, rejectedRow } from "@/lib/feeds/formats/candidate";
import { blocks } from "@/lib/feeds/text/blocks";
import { decodeText } from "@/lib/feeds/text/decode";
import { MAX_LINE_CHARS, readLines } from "@/lib/feeds/text/lines";

import { readCandidates } from "./attribute";
import { compileRules, type MispRules } from "./filters";
import { readMispLine } from "./lines";
import { createObjectRows, type ObjectRow } from "./object-rows";
import type { MispEvent } from "./wire";

type ReadLine = (line: number, raw: string) => ObjectRow | null;

/** Bodies of MISP feeds: the line of an event, then those of its attributes. Drafts are taken unless the settings say no. */
export const mispFeedFormat = { parse: (...given) => parseMisp(true, ...given) } satisfies FeedFormat;

/** Bodies of MISP servers: each attribute's line holds its event. Drafts are left out unless the settings say no. */
export const mispServerFormat = { parse: (...given) => parseMisp(false, ...given) } satisfies FeedFormat;

async function* parseMisp(
  takesDrafts: boolean,
  body: AsyncIterable<Uint8Array>,
  settings: ParseSettings,
  signal?: AbortSignal,
): AsyncGenerator<readonly ParsedRow[]> {
  const readLine = createLineReader(settings, takesDrafts);
  const rows = createObjectRows();
  let line = 0;
  for await (const lines of readLines(decodeText(body, "utf-8", signal)))
    for (const block of blocks(lines, BATCH_ROWS)) {
      for (const raw of block) {
        const row = readLine(++line, raw);
        if (row) rows.add(row);
      }
      const ready = rows.ready();
      if (ready.length === 0) continue;
      yield* blocks(ready, BATCH_ROWS);
      signal?.throwIfAborted();
    }
  yield* blocks(rows.rest(), BATCH_ROWS);
}

const createLineReader = (settings: ParseSettings, takesDrafts: boolean): ReadLine => {
  const rules = compileRules(settings.misp, { now: settings.now, takesDrafts });
  const options = { rules, isExcluded: exclusionOf(settings.exclusionRegex) };
  let current: MispEvent | null = null;
  return (line, raw) => {
    if (raw === "") return null;
    if (raw.length > MAX_LINE_CHARS)
      return alone(rejectedRow(line, raw, "line_too_long", "The line is longer than 1 MB."));
    const read = readMispLine(raw);
    if (read === null)
      return alone(
        rejectedRow(line, raw, "broken_document", "This is neither an event of MISP nor an attribute."),
      );
    if ("event" in read) {
      current = read.event;
      const row = leftOut(line, raw, read.event, rules);
      return row && alone(row);
    }
    const { attribute } = read;
    const event = attribute.event ?? current;
    const candidates = readCandidates(attribute, event, options);
    if (candidates.length === 0) return null;
    const id = attribute.object?.id ?? "";
    return { row: { line, raw, candidates }, object: id === "" ? null : `${event?.uuid ?? ""} ${id}` };
  };
};

const alone = (row: ParsedRow): ObjectRow => ({ row, object: null });

/** An event that was not even fetched is one exclusion, so that nothing is left out unseen. */
const leftOut = (line: number, raw: string, event: MispEvent, rules: MispRules): ParsedRow | null => {
  if (event.leftOut === null) return null;
  const exclusion = rules.ofEvent(event);
  const reason = exclusion?.reason ?? "The feed's filters left the whole event out when it was fetched.";
  return { line, raw, candidates: [rejected(exclusion?.code ?? event.leftOut, reason, event.info)] };
};
