import { defineRoute } from "@/lib/api/define-route";
import {
  getTeamRules,
  teamRulesChangeSchema,
  teamRulesSchema,
  updateTeamRules,
} from "@/lib/services/people/team-rules";

import { teamParamsSchema } from "./teams";

export const getTeamRulesRoute = defineRoute({
  method: "GET",
  path: "/teams/{slug}/rules",
  summary: "Read which changes of a team's own list wait for a second person, and how confidence fades",
  tags: ["Teams"],
  permission: "team.read",
  params: teamParamsSchema,
  answer: { status: 200, schema: teamRulesSchema },
  run: ({ actor, params, inTeam }) => getTeamRules(actor, inTeam(params.slug).id),
});

export const updateTeamRulesRoute = defineRoute({
  method: "PATCH",
  path: "/teams/{slug}/rules",
  summary: "Change which changes of a team's own list wait for a second person, or how confidence fades",
  description:
    "`secondPerson`: `off`, `block` (what Defender may block by it) or `all`. `fading` takes the place of the whole list: confidence halves with each half-life in days since the last sighting, and at `floor` the value has expired. Recalls never wait.",
  tags: ["Teams"],
  permission: "team.write",
  params: teamParamsSchema,
  body: teamRulesChangeSchema,
  answer: { status: 200, schema: teamRulesSchema },
  run: ({ actor, params, body, inTeam }) => updateTeamRules(actor, inTeam(params.slug).id, body),
});
