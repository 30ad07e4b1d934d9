import "server-only";

import { bulkAsTeam } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { MAX_LOCAL_ITEMS, type AddedIndicator, type LocalIndicator } from "@/lib/domain/indicator/local";
import { needsSecondPerson } from "@/lib/domain/indicator/second-person";
import type { LocalFile, LocalFileItem } from "@/lib/feeds/local-file/contract";
import { readLocalFile } from "@/lib/feeds/local-file/read-local-file";

import { readSecondPersonRule } from "@/lib/services/proposals/second-person-rule";

import { addLocalIndicators } from "./add-local-indicators";
import { checkValues, type CheckedText } from "./check-text";
import { readLocalItem } from "./read-local-item";

/** What rows get that say nothing of it themselves; tags are added to those of the row. */
export type SharedFacts = Partial<Omit<LocalIndicator, "value" | "type">>;

type About = Pick<LocalFile, "format" | "unit" | "notes">;
export type CheckedFile = About & { checked: CheckedText[] };
type ImportedRow = AddedIndicator & { line: number; original: string };
export type ImportedFile = About & { results: ImportedRow[] };

/** Says for each row of a file what importing it would do to the team's set. It stores nothing. */
export const checkLocalFile = async (
  teamId: string,
  bytes: Uint8Array,
  shared: SharedFacts,
): Promise<CheckedFile> => {
  const now = new Date();
  const { rows, ...about } = await openFile(bytes, shared, now);
  const read = rows.map(({ line, text, item, reason }) => {
    const found = reason === null ? readLocalItem(item, now) : { text, reason };
    return { line, original: text, ...found };
  });
  const good = read.flatMap((row) =>
    "good" in row ? [{ line: row.line, original: row.original, ...row.good }] : [],
  );
  const bad = read.flatMap((row) => ("reason" in row ? [row] : []));
  const rule = await bulkAsTeam(teamId, (client) => readSecondPersonRule(client, teamId));
  const waiting = new Set(good.flatMap(({ line, input }) => (needsSecondPerson(input, rule) ? [line] : [])));
  const checked = await checkValues(teamId, good, bad);
  return { ...about, checked: checked.map((row) => (waiting.has(row.line) ? asWaiting(row) : row)) };
};

// What it says of the value stays; that it waits comes first, since nothing is stored before.
const asWaiting = (row: CheckedText): CheckedText =>
  row.verdict === "new" || row.verdict === "known"
    ? { ...row, note: [WAITS, row.note].filter((part) => part !== null).join(" ") }
    : row;

const WAITS = "It would wait until another member approves it.";

/** Imports a file into the team's own list, each row judged by itself: a bad one says why and stops no other. */
export const importLocalFile = async (
  actor: Actor,
  team: TeamAccess,
  { bytes, shared }: { bytes: Uint8Array; shared: SharedFacts },
): Promise<ImportedFile> => {
  const { rows, ...about } = await openFile(bytes, shared, new Date());
  const outcomes = await addLocalIndicators(
    actor,
    team,
    rows.map(({ item }) => item),
    rows.map(({ line, text }) => ({ from: "file", line, text })),
  );
  const results = rows.map(({ line, text, reason }, index) => {
    const outcome = outcomes[index];
    if (!outcome) throw new Error("The answer holds fewer outcomes than rows were sent.");
    return { ...outcome, line, original: text, reason: reason ?? outcome.reason };
  });
  return { ...about, results };
};

type Row = { line: number; text: string; item: Record<string, unknown>; reason: string | null };

const openFile = async (
  bytes: Uint8Array,
  shared: SharedFacts,
  now: Date,
): Promise<About & { rows: Row[] }> => {
  const { rows, ...about } = await readLocalFile(bytes, now);
  if (rows.length === 0)
    throw new AppError(
      "invalid_input",
      "No row of the file holds an indicator. Send CSV with a column “value”, JSON with a list of objects, a STIX 2.1 bundle, or one value a line.",
    );
  if (rows.length > MAX_LOCAL_ITEMS)
    throw new AppError(
      "invalid_input",
      `The file has ${rows.length.toLocaleString("en-US")} rows; at most ${MAX_LOCAL_ITEMS.toLocaleString("en-US")} are imported at once. Make a feed of a list as long as this.`,
    );
  return {
    ...about,
    rows: rows.map((row) => {
      const { line, text } = row;
      // What is no indicator goes along to be counted.
      if ("reason" in row) return { line, text, item: NOTHING, reason: row.reason };
      return { line, text, item: withShared(row.item, shared), reason: null };
    }),
  };
};

const withShared = (item: LocalFileItem, { tags = [], ...shared }: SharedFacts): Record<string, unknown> => ({
  ...shared,
  ...item,
  comment: item.comment ?? shared.comment ?? "",
  tags: [...new Set([...(item.tags ?? []), ...tags])],
});

/** An item that is refused for its value, whatever else it holds. */
const NOTHING = { value: "" };
