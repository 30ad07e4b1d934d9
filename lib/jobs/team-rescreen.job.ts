import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Screens all that a team has anew, after a change of what it is screened by. */
export const teamRescreen = defineJob({
  name: "team.rescreen",
  queue: "plan",
  schema: z.object({ teamId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ teamId }) => `team.rescreen/${teamId}`,
});
