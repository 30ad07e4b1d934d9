import "server-only";

import type { FeedSettings } from "@/lib/domain/feed/feed";
import { detectCsv, type CsvDescription } from "@/lib/feeds/formats/csv/detect";
import { splitCells } from "@/lib/feeds/formats/csv/cells";
import { createRecordReader } from "@/lib/feeds/formats/csv/records";
import { decodeSample } from "@/lib/feeds/text/decode";
import { findEncoding } from "@/lib/feeds/text/encoding-search";
import { splitLines } from "@/lib/feeds/text/lines";

import { readHead } from "./in-pieces";
import { PREVIEW_BYTES, readStoredList } from "./stored-body";

type FoundColumn = { number: number; name: string | null; sample: string };
/** How a list seems to be cut, and its columns with a cell each, to be shown and corrected. */
export type SettingsProposal = Omit<CsvDescription, "names"> & { found: FoundColumn[] };

const MAX_COLUMNS = 40;
const MAX_CELL_CHARACTERS = 120;

/** Looks at the beginning of a body that a preview has kept. Null for a list with nothing in it. */
export const proposeSettings = async (
  teamId: string,
  previewId: string,
  settings: Pick<FeedSettings, "zipEntry" | "limits">,
): Promise<SettingsProposal | null> => {
  const read = () => readStoredList(teamId, previewId, settings);
  const head = await readHead(read());
  const { names, ...described } = detectCsv(head);
  // The beginning may be ASCII alone and say nothing of the rest.
  const proposal = { ...described, encoding: await findEncoding(read(), PREVIEW_BYTES) };
  const found = findColumns(head, { names, ...proposal });
  return found.length === 0 ? null : { ...proposal, found };
};

type Cut = Omit<CsvDescription, "valueColumns" | "columns">;

const findColumns = (
  head: Uint8Array,
  { encoding, delimiter, header, commentPrefixes, names }: Cut,
): FoundColumn[] => {
  const records = createRecordReader(delimiter, commentPrefixes).push(
    splitLines(decodeSample(head, encoding)),
  );
  const [row] = splitCells(records.slice(header ? 1 : 0), delimiter).filter((cells) => cells !== null);
  return (row ?? []).slice(0, MAX_COLUMNS).map((cell, index) => ({
    number: index + 1,
    name: names?.[index] ?? null,
    sample: cell.slice(0, MAX_CELL_CHARACTERS),
  }));
};
