import { BATCH_ROWS, type FeedFormat, type ParsedRow, type ParseSettings } from "@/lib/feeds/contract";
import { blocks } from "@/lib/feeds/text/blocks";
import { decodeText } from "@/lib/feeds/text/decode";

import { readDocument } from "./read-document";
import { readJsonLines } from "./read-json-lines";

/** JSON documents with a list in them, and files with a JSON document on each line. */
export const jsonFormat = { parse: parseJsonFeed } satisfies FeedFormat;

async function* parseJsonFeed(
  body: AsyncIterable<Uint8Array>,
  settings: ParseSettings,
  signal?: AbortSignal,
): AsyncGenerator<readonly ParsedRow[]> {
  const text = decodeText(body, settings.csv.encoding, signal);
  let batch: ParsedRow[] = [];
  for await (const rows of settings.json.isLines
    ? readJsonLines(text, settings)
    : readDocument(text, settings)) {
    batch.push(...rows);
    if (batch.length < BATCH_ROWS) continue;
    yield* blocks(batch, BATCH_ROWS);
    batch = [];
    signal?.throwIfAborted();
  }
  yield* blocks(batch, BATCH_ROWS);
}
