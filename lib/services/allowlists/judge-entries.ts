import "server-only";

import type { Tx } from "@/lib/db/client";
import type { EntryCreate } from "@/lib/domain/screening/allowlist-input";
import { checkEntry } from "@/lib/domain/screening/entry";

import type { AllowlistView } from "./allowlist-view";

/** What becomes of one entry that a person gives. */
export type EntryFate = {
  /** As it would stand in the list; as it was given where it cannot. */
  value: string;
  /** `changed`: it stands there with another end. */
  outcome: "added" | "changed" | "known" | "rejected";
  /** Why it is not taken. */
  reason: string | null;
};

export type JudgedEntry = EntryFate & { comment: string; until: Date | null };

/**
 * What would become of each entry, in order, by what stands in the list: all of them are looked up at once. What is given twice
 * is taken once.
 */
export const judgeEntries = async (
  tx: Tx,
  list: Pick<AllowlistView, "id" | "match">,
  entries: readonly EntryCreate[],
  now: Date,
): Promise<JudgedEntry[]> => {
  const read = entries.map((entry) => readEntry(list, entry, now));
  const values = [...new Set(read.flatMap(({ value, reason }) => (reason === null ? [value] : [])))];
  const standing = await readStanding(tx, list.id, values, now);
  const seen = new Set<string>();
  return read.map((entry) => {
    if (entry.reason !== null) return { ...entry, outcome: "rejected" };
    if (seen.has(entry.value)) return { ...entry, outcome: "known", reason: TWICE };
    seen.add(entry.value);
    const end = standing.get(entry.value);
    if (end === undefined) return { ...entry, outcome: "added" };
    return end === (entry.until?.getTime() ?? null)
      ? { ...entry, outcome: "known", reason: KNOWN }
      : { ...entry, outcome: "changed" };
  });
};

const TWICE = "It is given more than once; the first one counts.";
const KNOWN = "It stands in the list already, with this end.";

const readEntry = (
  { match }: Pick<AllowlistView, "match">,
  { value, comment, until }: EntryCreate,
  now: Date,
): Omit<JudgedEntry, "outcome"> => {
  const end = until === null ? null : new Date(until);
  const checked = checkEntry(match, value);
  if (!checked.ok) return { value, comment, until: end, reason: checked.problem.message };
  const isPast = end !== null && end <= now;
  const reason = isPast ? "It would end in the past. Give a later end, or none." : null;
  return { value: checked.value, comment, until: end, reason };
};

/** The ends of what stands there, by value; one whose end has come makes room for the same one anew. */
const readStanding = async (
  tx: Tx,
  listId: string,
  values: readonly string[],
  now: Date,
): Promise<ReadonlyMap<string, number | null>> => {
  if (values.length === 0) return new Map();
  const rows = await tx.$queryRaw<{ value: string; until: Date | null }[]>`
    SELECT value, until FROM allowlist_entry
    WHERE allowlist_id = ${listId}::uuid AND value = ANY (${[...values]}) AND (until IS NULL OR until > ${now})`;
  return new Map(rows.map(({ value, until }) => [value, until?.getTime() ?? null]));
};
