import "server-only";

import { randomUUID } from "node:crypto";

import type { Tx } from "@/lib/db/client";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { EntryCreate } from "@/lib/domain/screening/allowlist-input";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import type { AllowlistView } from "./allowlist-view";
import { bumpScreening } from "./bump-screening";
import { judgeEntries, type EntryFate, type JudgedEntry } from "./judge-entries";
import { asListOwner, holdList } from "./write-scope";

export type AddedEntry = EntryFate & {
  /** Null for one that was not taken. */
  id: string | null;
};

const MAX_ENTRIES = 100_000;

/**
 * Adds entries to a list, each judged by itself, all in one go; what they meet is screened at once. Answers one outcome per
 * entry, in order. Throws `invalid_input` when the list would grow past 100,000 entries, `not_found` when it was deleted.
 */
export const addEntries = async (
  actor: Actor,
  list: AllowlistView,
  entries: readonly EntryCreate[],
): Promise<AddedEntry[]> => {
  const now = new Date();
  const added = await asListOwner(actor, list.teamId, async (tx) => {
    // Nobody else adds meanwhile, so that what is judged is what is written.
    await holdList(tx, list);
    const judged = await judgeEntries(tx, list, entries, now);
    const taken = judged.filter(({ outcome }) => outcome === "added" || outcome === "changed");
    await assertRoom(tx, list, taken);
    const ids = await write(tx, { actor, list, taken, now });
    await recordAdded(tx, { actor, list, taken, now });
    if (taken.length > 0) await bumpScreening(tx, list.teamId);
    return judged.map(({ value, outcome, reason }) => ({
      id: outcome === "added" || outcome === "changed" ? (ids.get(value) ?? null) : null,
      value,
      outcome,
      reason,
    }));
  });
  await relayOutbox();
  return added;
};

const assertRoom = async (tx: Tx, list: AllowlistView, taken: readonly JudgedEntry[]): Promise<void> => {
  const standing = await tx.allowlistEntry.count({ where: { allowlistId: list.id } });
  const added = taken.filter(({ outcome }) => outcome === "added").length;
  if (standing + added > MAX_ENTRIES)
    throw new AppError(
      "invalid_input",
      `A list holds ${MAX_ENTRIES.toLocaleString("en-US")} entries at most, and this one has ${standing.toLocaleString("en-US")}. Make another one for the rest.`,
    );
};

type Writing = { actor: Actor; list: AllowlistView; taken: readonly JudgedEntry[]; now: Date };

/** Writes all of them with one statement; gives each one's id by its value. */
const write = async (tx: Tx, { actor, list, taken, now }: Writing): Promise<ReadonlyMap<string, string>> => {
  if (taken.length === 0) return new Map();
  const values = taken.map(({ value }) => value);
  const rows = JSON.stringify(
    taken.map(({ value, comment, until }) => ({ id: randomUUID(), value, comment, until })),
  );
  // An entry whose end has come makes room for the same one anew.
  await tx.$executeRaw`
    DELETE FROM allowlist_entry WHERE allowlist_id = ${list.id}::uuid AND value = ANY (${values}) AND until <= ${now}`;
  const written = await tx.$queryRaw<{ id: string; value: string }[]>`
    INSERT INTO allowlist_entry (id, allowlist_id, team_id, value, comment, created_at, created_by, created_by_name, until)
    SELECT e.id, ${list.id}::uuid, ${list.teamId}::uuid, e.value, e.comment, ${now}, ${actor.userId}::uuid, ${actor.name}, e.until
    FROM jsonb_to_recordset(${rows}::jsonb) AS e (id uuid, value text, comment text, until timestamptz)
    ON CONFLICT (allowlist_id, value) DO UPDATE SET until = excluded.until, comment = excluded.comment
    RETURNING id, value`;
  return new Map(written.map(({ id, value }) => [value, id]));
};

/** As many values as one line of the audit can hold and a person can still read. */
const AUDITED_TOGETHER = 200;

const recordAdded = async (tx: Tx, { actor, list, taken, now }: Writing): Promise<void> => {
  const common = { teamId: list.teamId, doer: asDoer(actor), subject: { type: "allowlist", id: list.id } };
  for (const outcome of ["added", "changed"] as const) {
    const action = outcome === "added" ? "allowlist.entry.add" : "allowlist.entry.change";
    for (const entries of groupAlike(taken.filter((entry) => entry.outcome === outcome)))
      for (let start = 0; start < entries.length; start += AUDITED_TOGETHER) {
        const values = entries.slice(start, start + AUDITED_TOGETHER).map(({ value }) => value);
        const { comment = "", until = null } = entries[0] ?? {};
        const what = values.length === 1 ? { value: values[0] ?? "" } : { values, count: values.length };
        const detail = { list: list.name, ...what, comment, until: until?.toISOString() ?? null };
        await recordAudit(tx, { ...common, action, detail }, now);
      }
  }
};

const groupAlike = (entries: readonly JudgedEntry[]): Iterable<readonly JudgedEntry[]> => {
  const groups = new Map<string, JudgedEntry[]>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.comment, entry.until]);
    const known = groups.get(key);
    if (known) known.push(entry);
    else groups.set(key, [entry]);
  }
  return groups.values();
};
