import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { timeSchema } from "@/lib/api/schemas";
import { getOverlap } from "@/lib/services/feeds/get-overlap";

const count = z.number();

export const getOverlapRoute = defineRoute({
  method: "GET",
  path: "/feeds/overlap",
  summary: "See what a team's feeds have in common, and what each brings that no other does",
  description:
    "Counted within some minutes of a change; `asOf` says when, and is null before the first count. `unique`: values that no other feed of the team has. `first`: of the values that others have, too, those that this feed had before all of them. Pairs without a common value are left out. Feeds of other teams are never looked at; subscriptions count as feeds of the team.",
  tags: ["Feeds"],
  permission: "feed.read",
  query: z.strictObject({ team: z.string() }),
  answer: {
    status: 200,
    schema: z.object({
      asOf: timeSchema.nullable(),
      values: count,
      feeds: z.array(
        z.object({
          id: z.uuid(),
          name: z.string(),
          kind: z.string(),
          ...{ values: count, unique: count, first: count },
        }),
      ),
      pairs: z.array(z.object({ one: z.uuid(), other: z.uuid(), shared: count })),
    }),
  },
  run: async ({ actor, query, inTeam }) => (await getOverlap(actor, inTeam(query.team).id)) ?? NOT_COUNTED,
});

const NOT_COUNTED = { asOf: null, values: 0, feeds: [], pairs: [] };
