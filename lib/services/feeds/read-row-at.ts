import "server-only";

import type { FeedSettings } from "@/lib/domain/feed/feed";
import { jsonFormat } from "@/lib/feeds/formats/json/parse";
import { decodeText } from "@/lib/feeds/text/decode";
import { readLines } from "@/lib/feeds/text/lines";

import { readStoredList } from "./stored-body";

type Place = {
  teamId: string;
  bodyId: string;
  /** The feed's kind, or what an uploaded file is. */
  kind: string;
  settings: FeedSettings;
  /** From 1. */
  line: number;
  signal: AbortSignal;
};

/**
 * The row that begins at a line of a kept body, as it stands there; null when the list ends before it. Lines are counted and
 * not read, so that one far down a long list is found at the pace of unpacking.
 */
export const readRowAt = ({
  teamId,
  bodyId,
  kind,
  settings,
  line,
  signal,
}: Place): Promise<string | null> => {
  const body = readStoredList(teamId, bodyId, settings);
  if (kind === "json" && !settings.json.isLines) return itemAt(body, settings, line, signal);
  const isList = kind === "csv" || kind === "freetext" || kind === "json";
  const text = decodeText(body, isList ? settings.csv.encoding : "utf-8", signal);
  return recordAt(readLines(text), line, kind === "csv" ? MAX_RECORD_LINES : 1);
};

// Where an item of a document begins is known only to who has read all before it.
const itemAt = async (
  body: AsyncIterable<Uint8Array>,
  settings: FeedSettings,
  line: number,
  signal: AbortSignal,
): Promise<string | null> => {
  // The row is looked for by its place alone, whatever its age and however its document ends.
  const reading = { ...settings, now: new Date(), acceptsBroken: true };
  for await (const batch of jsonFormat.parse(body, reading, signal)) {
    const found = batch.find((row) => row.line === line);
    if (found) return found.raw;
    if ((batch.at(-1)?.line ?? 0) > line) break;
  }
  return null;
};

/** A quoted cell may hold line ends: the record then goes on until its quotes are closed. */
const recordAt = async (
  lines: AsyncIterable<readonly string[]>,
  line: number,
  maxLines: number,
): Promise<string | null> => {
  let before = line - 1;
  const record: string[] = [];
  for await (const piece of lines) {
    if (before >= piece.length) {
      before -= piece.length;
      continue;
    }
    for (const text of piece.slice(before)) {
      record.push(text);
      if (maxLines === 1 || isClosed(record)) return record.join("\n");
      // A quote that never closes: the line stands for itself.
      if (record.length >= maxLines) return record[0] ?? null;
    }
    before = 0;
  }
  return record[0] ?? null;
};

const isClosed = (record: readonly string[]): boolean =>
  record.reduce((quotes, text) => quotes + (text.match(/"/g)?.length ?? 0), 0) % 2 === 0;

const MAX_RECORD_LINES = 100;
