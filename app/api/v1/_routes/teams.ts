import { z } from "zod";

import { decodeCursor, encodeCursor } from "@/lib/api/cursor";
import { defineRoute } from "@/lib/api/define-route";
import { listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { createTeam } from "@/lib/services/people/create-team";
import { getTeam } from "@/lib/services/people/get-team";
import { listTeams } from "@/lib/services/people/list-teams";
import { teamChangeSchema, teamInputSchema } from "@/lib/services/people/schemas";
import { updateTeam } from "@/lib/services/people/update-team";

const teamSchema = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  members: z.int(),
  createdAt: timeSchema,
});

export const teamParamsSchema = z.strictObject({ slug: z.string().max(60) });

export const listTeamsRoute = defineRoute({
  method: "GET",
  path: "/teams",
  summary: "List the teams you have a part in",
  description: "An administrator has a part in every team.",
  tags: ["Teams"],
  permission: "team.read",
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(teamSchema) },
  run: async ({ actor, query: { limit, cursor } }) => {
    const { teams, next } = await listTeams(actor, { limit, after: decodeCursor(cursor, z.string()) });
    return { data: teams, nextCursor: next === null ? null : encodeCursor(next) };
  },
});

export const createTeamRoute = defineRoute({
  method: "POST",
  path: "/teams",
  summary: "Make a team",
  description: "The slug comes from the name unless given. For administrators.",
  tags: ["Teams"],
  permission: "admin.teams",
  body: teamInputSchema,
  answer: { status: 201, schema: teamSchema },
  run: ({ actor, body }) => createTeam(actor, body),
});

export const getTeamRoute = defineRoute({
  method: "GET",
  path: "/teams/{slug}",
  summary: "Read a team",
  tags: ["Teams"],
  permission: "team.read",
  params: teamParamsSchema,
  answer: { status: 200, schema: teamSchema },
  run: ({ actor, params, inTeam }) => getTeam(actor, inTeam(params.slug).id),
});

export const updateTeamRoute = defineRoute({
  method: "PATCH",
  path: "/teams/{slug}",
  summary: "Change a team's name or slug",
  description:
    "A new slug ends the old addresses. A new name changes every record that the team has at a destination: the next plan of each of its connectors lists them all. Until they are written anew, the queries look for both names; rules and workbooks that were deployed with the old name have to be deployed again.",
  tags: ["Teams"],
  permission: "team.write",
  params: teamParamsSchema,
  body: teamChangeSchema,
  answer: { status: 200, schema: teamSchema },
  run: ({ actor, params, body, inTeam }) => updateTeam(actor, inTeam(params.slug).id, body),
});
