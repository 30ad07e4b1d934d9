import "server-only";

import { randomUUID } from "node:crypto";

import { asActor } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { EntryCreate } from "@/lib/domain/screening/allowlist-input";
import { checkEntry } from "@/lib/domain/screening/entry";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import type { AllowlistView } from "./allowlist-view";
import { bumpScreening } from "./bump-screening";
import { asListOwner } from "./write-scope";

export type EntryView = {
  id: string;
  value: string;
  comment: string;
  createdAt: Date;
  createdBy: string;
  until: Date | null;
  /** False once its end has come. */
  isInForce: boolean;
};

export type AddedEntry = {
  /** Null for one that was not taken. */
  id: string | null;
  value: string;
  /** `changed`: it stood there with another end. */
  outcome: "added" | "changed" | "known" | "rejected";
  /** Why it was not taken. */
  reason: string | null;
};

const MAX_ENTRIES = 100_000;

/**
 * Adds entries to a list, each judged by itself; what they meet is screened at once. Answers one outcome per entry, in order.
 * Throws `invalid_input` when the list would grow past 100,000 entries.
 */
export const addEntries = async (
  actor: Actor,
  list: AllowlistView,
  entries: readonly EntryCreate[],
): Promise<AddedEntry[]> => {
  const now = new Date();
  const judged = entries.map((entry) => judge(list, entry, now));
  const added = await asListOwner(actor, list.teamId, async (tx) => {
    const standing = await tx.allowlistEntry.count({ where: { allowlistId: list.id } });
    if (standing + entries.length > MAX_ENTRIES)
      throw new AppError(
        "invalid_input",
        `A list holds ${MAX_ENTRIES.toLocaleString("en-US")} entries at most. Make another one for the rest.`,
      );
    const outcomes: AddedEntry[] = [];
    for (const one of judged) {
      if ("reason" in one) {
        outcomes.push({ id: null, value: one.value, outcome: "rejected", reason: one.reason });
        continue;
      }
      const { value, comment, until } = one;
      const id = randomUUID();
      // An entry whose end has come makes room for the same one anew.
      await tx.allowlistEntry.deleteMany({ where: { allowlistId: list.id, value, until: { lte: now } } });
      const rows = await tx.$queryRaw<{ id: string; isNew: boolean }[]>`
        INSERT INTO allowlist_entry (id, allowlist_id, team_id, value, comment, created_at, created_by, created_by_name, until)
        VALUES (${id}::uuid, ${list.id}::uuid, ${list.teamId}::uuid, ${value}, ${comment}, ${now}, ${actor.userId}::uuid,
          ${actor.name}, ${until})
        ON CONFLICT (allowlist_id, value) DO UPDATE SET until = excluded.until, comment = excluded.comment
          WHERE allowlist_entry.until IS DISTINCT FROM excluded.until
        RETURNING id, id = ${id}::uuid AS "isNew"`;
      const [row] = rows;
      if (!row) {
        outcomes.push({
          id: null,
          value,
          outcome: "known",
          reason: "It stands in the list already, with this end.",
        });
        continue;
      }
      await recordAudit(
        tx,
        {
          teamId: list.teamId,
          doer: asDoer(actor),
          action: row.isNew ? "allowlist.entry.add" : "allowlist.entry.change",
          subject: { type: "allowlist", id: list.id },
          detail: { list: list.name, value, comment, until: until?.toISOString() ?? null },
        },
        now,
      );
      outcomes.push({ id: row.id, value, outcome: row.isNew ? "added" : "changed", reason: null });
    }
    if (outcomes.some(({ outcome }) => outcome === "added" || outcome === "changed"))
      await bumpScreening(tx, list.teamId);
    return outcomes;
  });
  await relayOutbox();
  return added;
};

type Judged = { value: string; comment: string; until: Date | null } | { value: string; reason: string };

const judge = ({ match }: AllowlistView, { value, comment, until }: EntryCreate, now: Date): Judged => {
  const checked = checkEntry(match, value);
  if (!checked.ok) return { value, reason: checked.problem.message };
  const end = until === null ? null : new Date(until);
  if (end !== null && end <= now)
    return { value: checked.value, reason: "It would end in the past. Give a later end, or none." };
  return { value: checked.value, comment, until: end };
};

/** Takes an entry out; what only it kept in is restored. Throws `not_found` for one that does not stand there. */
export const removeEntry = async (actor: Actor, list: AllowlistView, value: string): Promise<void> => {
  const checked = checkEntry(list.match, value);
  const canonical = checked.ok ? checked.value : value;
  await asListOwner(actor, list.teamId, async (tx) => {
    const { count } = await tx.allowlistEntry.deleteMany({
      where: { allowlistId: list.id, value: canonical },
    });
    if (count === 0) throw new AppError("not_found", "The list has no such entry.");
    await recordAudit(tx, {
      teamId: list.teamId,
      doer: asDoer(actor),
      action: "allowlist.entry.remove",
      subject: { type: "allowlist", id: list.id },
      detail: { list: list.name, value: canonical },
    });
    await bumpScreening(tx, list.teamId);
  });
  await relayOutbox();
};

type ListOptions = { limit: number; after: string | null; q?: string | undefined };

/** A list's entries in the order of their values; `q` is looked for inside them. */
export const listEntries = async (
  actor: Actor,
  list: AllowlistView,
  { limit, after, q }: ListOptions,
): Promise<{ entries: EntryView[]; next: string | null }> => {
  const found = await asActor(actor, (tx) =>
    tx.allowlistEntry.findMany({
      where: {
        allowlistId: list.id,
        value: { ...(after !== null && { gt: after }), ...(q !== undefined && q !== "" && { contains: q }) },
      },
      orderBy: { value: "asc" },
      take: limit + 1,
    }),
  );
  const page = found.slice(0, limit);
  const now = new Date();
  return {
    entries: page.map(({ id, value, comment, createdAt, createdByName, until }) => ({
      id,
      value,
      comment,
      createdAt,
      createdBy: createdByName,
      until,
      isInForce: until === null || until > now,
    })),
    next: found.length > limit ? (page.at(-1)?.value ?? null) : null,
  };
};
