import type { Exclusion } from "@/lib/domain/feed/exclusion-settings";
import { BATCH_ROWS, type FeedFormat, type ParsedRow, type ListSettings } from "@/lib/feeds/contract";
import { exclusionOf } from "@/lib/feeds/formats/candidate";
import { blocks } from "@/lib/feeds/text/blocks";
import { decodeText } from "@/lib/feeds/text/decode";
import { readLines } from "@/lib/feeds/text/lines";

import { splitCells } from "./cells";
import { type ColumnPlan, planColumns } from "./columns";
import { namesInComments } from "./names";
import { createRecordReader, type CsvRecord } from "./records";
import { readRow } from "./row";

/** Lists of rows and cells: CSV with any delimiter, quoted or not, with or without a header row. */
export const csvFormat = { parse: parseCsv } satisfies FeedFormat;

async function* parseCsv(
  body: AsyncIterable<Uint8Array>,
  settings: ListSettings,
  signal?: AbortSignal,
): AsyncGenerator<readonly ParsedRow[]> {
  const { delimiter, commentPrefixes, encoding } = settings.csv;
  const reader = createRecordReader(delimiter, commentPrefixes);
  const table = createTable(settings, reader.comments);
  let batch: ParsedRow[] = [];
  for await (const lines of readLines(decodeText(body, encoding, signal)))
    for (const block of blocks(lines, BATCH_ROWS)) {
      batch.push(...table(reader.push(block)));
      if (batch.length < BATCH_ROWS) continue;
      yield* blocks(batch, BATCH_ROWS);
      batch = [];
      signal?.throwIfAborted();
    }
  batch.push(...table(reader.end()));
  yield* blocks(batch, BATCH_ROWS);
}

type Table = (records: readonly CsvRecord[]) => readonly ParsedRow[];

/** Reads records to rows; the first one may be the header row, by which the columns are found. */
const createTable = (settings: ListSettings, comments: () => readonly string[]): Table => {
  const isExcluded: Exclusion = exclusionOf(settings.exclusionRegex);
  let plan: ColumnPlan | null = settings.csv.header ? null : planColumns(settings.csv, null);
  return (records) => {
    const rows: ParsedRow[] = [];
    splitCells(records, settings.csv.delimiter).forEach((cells, index) => {
      const record = records[index];
      if (record === undefined) return;
      if (plan === null) {
        const names = namesInComments(comments(), cells ?? [], settings.csv);
        plan = planColumns(settings.csv, names ?? cells ?? []);
        if (names === null) return;
      }
      const row = readRow(record, cells, plan, isExcluded);
      if (row) rows.push(row);
    });
    return rows;
  };
};
