import { Readable } from "node:stream";

import { parse as csvParser } from "csv-parse";

import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { getFormat } from "@/lib/feeds/registry";

import { median, spread, timed, type Figure } from "./lib";
import { mixedCsv } from "./synthetic";

const ROWS = 200_000;
const ROUNDS = 5;

/** Bytes to canonical values, no database: rows a second of mixed CSV and of plain text. */
export const benchParse = async (): Promise<Figure[]> => {
  const csv = Buffer.from(mixedCsv(ROWS, "parse"));
  const text = Buffer.from(
    mixedCsv(ROWS, "parse")
      .split("\n")
      .slice(1)
      .map((line) => line.split(",")[0])
      .join("\n"),
  );
  const settings = feedSettingsSchema.parse({
    csv: {
      header: true,
      valueColumns: ["value"],
      columns: { comment: "comment", confidence: "confidence", tags: "tags" },
    },
  });
  return [
    await rate("csv", "CSV, 4 columns, mixed values", csv, settings),
    await rate("freetext", "Text list", text, settings),
    await csvParseAlone(csv),
  ];
};

/** What the library csv-parse does with the same bytes, which only cuts cells: nothing is typed or normalised. */
const csvParseAlone = async (body: Buffer): Promise<Figure> => {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { ms, result } = await timed(async () => {
      let rows = 0;
      for await (const row of inPieces(body).pipe(csvParser({ from_line: 2 })) as AsyncIterable<string[]>)
        rows += row.length > 0 ? 1 : 0;
      return rows;
    });
    if (result !== ROWS) throw new Error(`csv-parse: ${String(result)} rows instead of ${String(ROWS)}.`);
    rates.push((ROWS / ms) * 1_000);
  }
  return {
    name: "csv-parse alone: the same CSV, cells only",
    value: median(rates),
    unit: "rows/s",
    note: spread(rates),
  };
};

const rate = async (
  kind: string,
  name: string,
  body: Buffer,
  settings: ReturnType<typeof feedSettingsSchema.parse>,
): Promise<Figure> => {
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const { ms, result } = await timed(async () => {
      let rows = 0;
      for await (const batch of getFormat(kind).parse(inPieces(body), { ...settings, now: new Date() }))
        rows += batch.length;
      return rows;
    });
    if (result !== ROWS) throw new Error(`${name}: ${String(result)} rows instead of ${String(ROWS)}.`);
    rates.push((ROWS / ms) * 1_000);
  }
  return { name: `Parse and normalise: ${name}`, value: median(rates), unit: "rows/s", note: spread(rates) };
};

const inPieces = (body: Buffer): Readable =>
  Readable.from(
    (function* () {
      for (let start = 0; start < body.length; start += 65_536) yield body.subarray(start, start + 65_536);
    })(),
  );
