import { z } from "zod";

import { defineRoute } from "@/lib/api/define-route";
import { idParamsSchema } from "@/lib/api/schemas";
import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";
import { getRun } from "@/lib/services/feeds/list-runs";
import { rollBackRun } from "@/lib/services/feeds/roll-back-run";

import { runSchema } from "./runs";

// A foreign run and an unknown one are the same 404; a role that may not is 403.
const openRun = async (actor: Actor, runId: string, permission: TeamPermission) => {
  const run = await getRun(actor, runId);
  requireInTeam(actor, permission, run.teamId, "run");
  return run;
};

export const rollBackRunRoute = defineRoute({
  method: "POST",
  path: "/runs/{id}/rollback",
  summary: "Leave the live generation: the one before it is live again",
  description:
    "Only the run that is live can be left; repeat with the one that is live then to go further back. What other feeds vouch for stays. `rollback.liveNumber` is the number of the run that is live now, 0 when none is.",
  tags: ["Runs"],
  permission: "feed.write",
  params: idParamsSchema,
  answer: {
    status: 200,
    schema: runSchema.extend({
      rollback: z.object({
        liveNumber: z.number(),
        left: z.number(),
        returned: z.number(),
        restored: z.number(),
      }),
    }),
  },
  run: async ({ actor, params }) => {
    const rollback = await rollBackRun(actor, await openRun(actor, params.id, "feed.write"));
    return { ...(await getRun(actor, params.id)), rollback };
  },
});
