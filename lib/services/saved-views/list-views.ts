import "server-only";

import { z } from "zod";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { columnsSchema, DENSITIES, type Density, type ListColumn } from "@/lib/domain/indicator/list-view";

import { toSavedView, VIEW_SELECT, type SavedView } from "./view-row";

/** The views of these teams that the actor may open: the teams' and their own. */
export const listSavedViews = (actor: Actor, teamIds: readonly string[]): Promise<SavedView[]> =>
  asActor(actor, async (tx) => {
    const rows = await tx.savedView.findMany({
      where: { teamId: { in: [...teamIds] }, OR: [{ shared: true }, { ownerId: actor.userId }] },
      orderBy: [{ shared: "desc" }, { name: "asc" }],
      take: MOST_VIEWS,
      select: VIEW_SELECT,
    });
    return rows.map((row) => toSavedView(row, actor));
  });

const MOST_VIEWS = 500;

/** A view of one of the actor's teams. Another person's own, a foreign and an unknown one are all `not_found`. */
export const getSavedView = (actor: Actor, id: string): Promise<SavedView> =>
  asActor(actor, async (tx) => {
    const row = await tx.savedView.findFirst({
      where: { id, OR: [{ shared: true }, { ownerId: actor.userId }] },
      select: VIEW_SELECT,
    });
    if (!row) throw new AppError("not_found", "There is no such view among those you can see.");
    return toSavedView(row, actor);
  });

export type ListPreference = {
  /** Empty: the usual ones. */
  columns: readonly ListColumn[];
  density: Density;
  /** The view that the list opens with. */
  viewId: string | null;
};

/** How the actor likes the team's list. */
export const getListPreference = (actor: Actor, teamId: string): Promise<ListPreference> =>
  asActor(actor, async (tx) => {
    const row = await tx.listPreference.findFirst({
      where: { teamId, ownerId: actor.userId },
      select: { columns: true, density: true, viewId: true },
    });
    return preferenceSchema.parse(row ?? {});
  });

const preferenceSchema = z.object({
  columns: columnsSchema.catch([]),
  density: z.enum(DENSITIES).catch("comfortable"),
  viewId: z.uuid().nullable().catch(null),
});
