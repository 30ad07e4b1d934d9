import { looksLikeValue, readLine, splitComment } from "@/lib/domain/indicator/line";
import { BATCH_ROWS, type FeedFormat, type ParsedRow, type ListSettings } from "@/lib/feeds/contract";
import { candidateOf, exclusionOf, rejectedRow } from "@/lib/feeds/formats/candidate";
import { blocks } from "@/lib/feeds/text/blocks";
import { decodeText } from "@/lib/feeds/text/decode";
import { MAX_LINE_CHARS, readLines } from "@/lib/feeds/text/lines";

/** Plain text: one or several values a line, hosts files, comments at the start or the end of a line. */
export const freetextFormat = { parse: parseFreetext } satisfies FeedFormat;

async function* parseFreetext(
  body: AsyncIterable<Uint8Array>,
  settings: ListSettings,
  signal?: AbortSignal,
): AsyncGenerator<readonly ParsedRow[]> {
  const readRow = createRowReader(settings);
  let batch: ParsedRow[] = [];
  let line = 0;
  for await (const lines of readLines(decodeText(body, settings.csv.encoding, signal)))
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

const createRowReader = (settings: ListSettings): ((line: number, raw: string) => ParsedRow | null) => {
  const isExcluded = exclusionOf(settings.exclusionRegex);
  const prefixes = [...new Set([...settings.csv.commentPrefixes, ...USUAL_PREFIXES])];
  return (line, raw) => {
    if (raw.length > MAX_LINE_CHARS)
      return rejectedRow(line, raw, "line_too_long", "The line is longer than 1 MB.");
    const { text, comment } = splitComment(raw.trim(), prefixes);
    const finds = readLine(text);
    const isAnyValue = finds.some(({ ok }) => ok);
    const claim = comment === "" ? {} : { comment: comment.slice(0, MAX_COMMENT_CHARS) };
    const candidates = finds
      .filter((find) => find.ok || !isAnyValue || looksLikeValue(find.text))
      .map((find) => candidateOf(find, claim, isExcluded));
    return candidates.length === 0 ? null : { line, raw, candidates };
  };
};

// Whatever a feed's settings say: no value begins so.
const USUAL_PREFIXES = [";", "//"];
const MAX_COMMENT_CHARS = 2_000;
