import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Brings a team's view along with what time, sightings and its rules make of confidence. */
export const teamFade = defineJob({
  name: "team.fade",
  queue: "plan",
  schema: z.object({ teamId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ teamId }) => `team.fade/${teamId}`,
});
