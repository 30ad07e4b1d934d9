"use server";

import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";

import { defineTeamAction } from "@/lib/actions/action";
import { blankAsUndefined, checkbox } from "@/lib/actions/fields";
import { unknown } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import { DENSITIES, LIST_COLUMNS, columnsSchema, savedViewSchema } from "@/lib/domain/indicator/list-view";
import { getSavedView } from "@/lib/services/saved-views/list-views";
import {
  createSavedView,
  deleteSavedView,
  setListPreference,
  updateSavedView,
} from "@/lib/services/saved-views/save-view";
import type { SavedView } from "@/lib/services/saved-views/view-row";

import { viewHref } from "./list-params";

const { name, query } = savedViewSchema.shape;
const columns = z
  .string()
  .transform((text) => text.split(",").filter((column) => column !== ""))
  .pipe(columnsSchema);
const density = z.enum(DENSITIES);

const getInTeam = async (actor: Actor, teamId: string, viewId: string): Promise<SavedView> => {
  const view = await getSavedView(actor, viewId);
  if (view.teamId !== teamId) throw unknown("view");
  return view;
};

/** Keeps the list as it is shown under a name; one for the whole team wants the right to change indicators. */
export const createViewAction = defineTeamAction({
  permission: "indicator.read",
  schema: z.object({ team: z.string(), name, query, columns, density, shared: checkbox() }),
  run: async ({ actor, team, input: { team: _team, ...input } }) => {
    const view = await createSavedView(actor, team.id, input);
    revalidatePath(`/t/${team.slug}/indicators`);
    const data = viewHref(`/t/${team.slug}/indicators`, view);
    return { status: "done", message: `“${view.name}” is saved.`, data };
  },
});

/** Renames a view, or has it keep the list as it is shown now. */
export const updateViewAction = defineTeamAction({
  permission: "indicator.read",
  schema: z.object({
    team: z.string(),
    viewId: z.uuid(),
    name: name.optional(),
    query: z.string().max(4_000).optional(),
    columns: columns.optional(),
    density: density.optional(),
  }),
  run: async ({ actor, team, input }) => {
    const view = await getInTeam(actor, team.id, input.viewId);
    const updated = await updateSavedView(actor, view, {
      ...(input.name !== undefined && { name: input.name }),
      ...(input.query !== undefined && { query: input.query }),
      ...(input.columns !== undefined && { columns: input.columns }),
      ...(input.density !== undefined && { density: input.density }),
    });
    revalidatePath(`/t/${team.slug}/indicators`);
    return { status: "done", message: `“${updated.name}” is up to date.` };
  },
});

/** Deletes a view and shows the whole list. */
export const deleteViewAction = defineTeamAction({
  permission: "indicator.read",
  schema: z.object({ team: z.string(), viewId: z.uuid() }),
  run: async ({ actor, team, input: { viewId } }) => {
    await deleteSavedView(actor, await getInTeam(actor, team.id, viewId));
    revalidatePath(`/t/${team.slug}/indicators`);
    redirect(`/t/${team.slug}/indicators?view=none`);
  },
});

/** Remembers which columns the person wants, and how densely. */
export const setLooksAction = defineTeamAction({
  permission: "indicator.read",
  schema: z.object({
    team: z.string(),
    columns: z
      .partialRecord(z.enum(LIST_COLUMNS), checkbox())
      .default({})
      .transform((given) => LIST_COLUMNS.filter((column) => given[column] === true)),
    density,
  }),
  run: async ({ actor, team, input }) => {
    if (input.columns.length === 0)
      return { status: "failed", message: "Choose at least one column beside the value." };
    await setListPreference(actor, team.id, { columns: input.columns, density: input.density });
    revalidatePath(`/t/${team.slug}/indicators`);
    return { status: "done", message: "The list remembers it." };
  },
});

/** Has the list open with a view for this person, or with all again. */
export const setDefaultViewAction = defineTeamAction({
  permission: "indicator.read",
  schema: z.object({ team: z.string(), viewId: blankAsUndefined(z.uuid().optional()) }),
  run: async ({ actor, team, input: { viewId } }) => {
    const view = viewId === undefined ? null : await getInTeam(actor, team.id, viewId);
    await setListPreference(actor, team.id, { viewId: view?.id ?? null });
    revalidatePath(`/t/${team.slug}/indicators`);
    return {
      status: "done",
      message:
        view === null ? "The list opens with all again." : `The list opens with “${view.name}” for you.`,
    };
  },
});
