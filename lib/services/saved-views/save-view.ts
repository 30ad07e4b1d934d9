import "server-only";

import { randomUUID } from "node:crypto";

import { brokenConstraint } from "@/lib/db/errors";
import type { Tx } from "@/lib/db/client";
import { asMember } from "@/lib/db/scope";
import { asDoer, can, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { Density, ListColumn, SavedViewInput } from "@/lib/domain/indicator/list-view";
import { recordAudit } from "@/lib/services/audit/record-audit";

import { toSavedView, VIEW_SELECT, type SavedView } from "./view-row";

/** Keeps a view of the team's list; one that is shared wants the permission to change indicators, and is in the audit. */
export const createSavedView = (actor: Actor, teamId: string, input: SavedViewInput): Promise<SavedView> =>
  namingOnce(() =>
    asMember(actor, teamId, async (tx) => {
      if (input.shared) requireSharing(actor, teamId);
      const row = await tx.savedView.create({
        data: { ...input, columns: [...input.columns], id: randomUUID(), teamId, ownerId: actor.userId },
        select: VIEW_SELECT,
      });
      if (row.shared) await note(tx, actor, "saved-view.create", row);
      return toSavedView(row, actor);
    }),
  );

/** Renames a view, or gives it other filters and columns. Throws `not_found` for another person's own. */
export const updateSavedView = (
  actor: Actor,
  view: SavedView,
  changes: Partial<SavedViewInput>,
): Promise<SavedView> =>
  namingOnce(() =>
    asMember(actor, view.teamId, async (tx) => {
      requireChanging(actor, view);
      if (changes.shared === true) requireSharing(actor, view.teamId);
      const { columns, ...rest } = changes;
      // Taken back into one's own, a shared view of somebody else would be lost to them.
      const owner = changes.shared === false ? { ownerId: actor.userId } : {};
      const { count } = await tx.savedView.updateMany({
        where: { id: view.id, ...owner },
        data: { ...rest, ...(columns && { columns: [...columns] }), updatedAt: new Date() },
      });
      if (count === 0) throw new AppError("conflict", "Only who made a view may make it their own again.");
      const row = await tx.savedView.findUniqueOrThrow({ where: { id: view.id }, select: VIEW_SELECT });
      if (row.shared || view.shared) await note(tx, actor, "saved-view.update", row);
      return toSavedView(row, actor);
    }),
  );

/** Deletes a view; whoever opened the list with it gets the whole list. */
export const deleteSavedView = (actor: Actor, view: SavedView): Promise<void> =>
  asMember(actor, view.teamId, async (tx) => {
    requireChanging(actor, view);
    await tx.savedView.deleteMany({ where: { id: view.id } });
    if (view.shared) await note(tx, actor, "saved-view.delete", view);
  });

type Preference = { columns?: readonly ListColumn[]; density?: Density; viewId?: string | null };

/** Remembers how the actor likes the team's list. Nobody else sees it, so it is in no audit. */
export const setListPreference = (actor: Actor, teamId: string, changes: Preference): Promise<void> =>
  asMember(actor, teamId, async (tx) => {
    const { columns, ...rest } = changes;
    const data = { ...rest, ...(columns && { columns: [...columns] }) };
    await tx.listPreference.upsert({
      where: { teamId_ownerId: { teamId, ownerId: actor.userId } },
      create: { ...data, teamId, ownerId: actor.userId },
      update: data,
      select: { teamId: true },
    });
  });

const requireSharing = (actor: Actor, teamId: string): void => {
  if (!can(actor, "indicator.write", teamId))
    throw new AppError("forbidden", "Your role may keep views of its own, but none of the team's.");
};

const requireChanging = (actor: Actor, view: SavedView): void => {
  if (view.shared) requireSharing(actor, view.teamId);
};

type Noted = { id: string; teamId: string; name: string; shared: boolean; query: string };

const note = (tx: Tx, actor: Actor, action: string, { id, teamId, name, shared, query }: Noted) =>
  recordAudit(tx, {
    ...{ teamId, doer: asDoer(actor), action },
    subject: { type: "saved-view", id },
    detail: { name, shared, query },
  });

const namingOnce = async <T>(run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    if (brokenConstraint(error) === null) throw error;
    const detail = "There is a view of that name already.";
    throw new AppError("conflict", detail, { fields: [{ pointer: "/name", detail }] });
  }
};
