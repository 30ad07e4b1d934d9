import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema, pageOf } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import { columnsSchema, DENSITIES, LIST_COLUMNS, savedViewSchema } from "@/lib/domain/indicator/list-view";
import { getSavedView, listSavedViews } from "@/lib/services/saved-views/list-views";
import { createSavedView, deleteSavedView, updateSavedView } from "@/lib/services/saved-views/save-view";
import type { SavedView } from "@/lib/services/saved-views/view-row";

const viewSchema = z.object({
  id: z.uuid(),
  team: z.string(),
  name: z.string(),
  shared: z.boolean().meta({ description: "Everybody in the team sees it; else its owner alone." }),
  query: z.string().meta({ description: "The query of the list's address in the console." }),
  columns: z.array(z.enum(LIST_COLUMNS)).meta({ description: "Empty: the usual ones." }),
  density: z.enum(DENSITIES),
});

const toAnswer = (actor: Actor, { teamId, columns, ...view }: SavedView) => ({
  ...view,
  columns: [...columns],
  team: actor.teams.find(({ id }) => id === teamId)?.slug ?? "",
});

export const listSavedViewsRoute = defineRoute({
  method: "GET",
  path: "/views",
  summary: "List saved views of the list of indicators: the teams' and your own",
  tags: ["Views"],
  permission: "indicator.read",
  query: z.strictObject({ team: z.string().optional() }),
  answer: { status: 200, schema: pageOf(viewSchema) },
  run: async ({ actor, query, inTeam }) => {
    const teamIds = query.team === undefined ? actor.teams.map(({ id }) => id) : [inTeam(query.team).id];
    const views = await listSavedViews(actor, teamIds);
    return { data: views.map((view) => toAnswer(actor, view)), nextCursor: null };
  },
});

export const createSavedViewRoute = defineRoute({
  method: "POST",
  path: "/views",
  summary: "Save a view of a team's list of indicators",
  description: "Private unless it is `shared`.",
  tags: ["Views"],
  permission: "indicator.write",
  body: savedViewSchema.extend({ team: z.string() }),
  answer: { status: 201, schema: viewSchema },
  run: async ({ actor, body: { team, ...input }, inTeam }) =>
    toAnswer(actor, await createSavedView(actor, inTeam(team).id, input)),
});

const changesSchema = z.strictObject({
  name: savedViewSchema.shape.name.optional(),
  shared: z.boolean().optional(),
  query: z.string().max(4_000).optional(),
  columns: columnsSchema.optional(),
  density: z.enum(DENSITIES).optional(),
});

export const updateSavedViewRoute = defineRoute({
  method: "PATCH",
  path: "/views/{id}",
  summary: "Rename a view, or give it other filters and columns",
  tags: ["Views"],
  permission: "indicator.write",
  params: idParamsSchema,
  body: changesSchema,
  answer: { status: 200, schema: viewSchema },
  run: async ({ actor, params, body }) => {
    const view = await getSavedView(actor, params.id);
    requireInTeam(actor, "indicator.read", view.teamId, "view");
    const changes = Object.fromEntries(
      Object.entries(body).filter(([, value]) => value !== undefined),
    ) as Parameters<typeof updateSavedView>[2];
    return toAnswer(actor, await updateSavedView(actor, view, changes));
  },
});

export const deleteSavedViewRoute = defineRoute({
  method: "DELETE",
  path: "/views/{id}",
  summary: "Delete a view",
  tags: ["Views"],
  permission: "indicator.write",
  params: idParamsSchema,
  answer: { status: 204 },
  run: async ({ actor, params }) => {
    const view = await getSavedView(actor, params.id);
    requireInTeam(actor, "indicator.read", view.teamId, "view");
    await deleteSavedView(actor, view);
  },
});
