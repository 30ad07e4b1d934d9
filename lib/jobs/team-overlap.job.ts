import { z } from "zod";

import { defineJob } from "./define";
import { KEEP_JOBS, RETRY } from "./queues";

/** Counts what a team's feeds have in common, after some of them changed. */
export const teamOverlap = defineJob({
  name: "team.overlap",
  queue: "plan",
  schema: z.object({ teamId: z.uuid() }),
  options: { ...RETRY, ...KEEP_JOBS },
  dedupeKey: ({ teamId }) => `team.overlap/${teamId}`,
});
