import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { listQuerySchema, pageOf, timeSchema } from "@/lib/api/schemas";
import { listTeams } from "@/lib/services/people/list-teams";

const teamSchema = z.object({
  id: z.uuid(),
  slug: z.string(),
  name: z.string(),
  createdAt: timeSchema,
});

export const listTeamsRoute = defineRoute({
  method: "GET",
  path: "/teams",
  summary: "List the teams you have a part in",
  tags: ["Teams"],
  permission: "team.read",
  query: listQuerySchema,
  answer: { status: 200, schema: pageOf(teamSchema) },
  run: ({ actor, query }) => listTeams(actor, query),
});
