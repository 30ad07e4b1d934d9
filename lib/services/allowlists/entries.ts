import "server-only";

import { asActor } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { checkEntry } from "@/lib/domain/screening/entry";
import { recordAudit } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import type { AllowlistView } from "./allowlist-view";
import { bumpScreening } from "./bump-screening";
import { asListOwner, holdList } from "./write-scope";

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

/** Takes an entry out; what only it kept in is restored. Throws `not_found` for one that does not stand there. */
export const removeEntry = async (actor: Actor, list: AllowlistView, value: string): Promise<void> => {
  const checked = checkEntry(list.match, value);
  const canonical = checked.ok ? checked.value : value;
  await asListOwner(actor, list.teamId, async (tx) => {
    await holdList(tx, list);
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
