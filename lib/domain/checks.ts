import { z } from "zod";

/** What a connection test found, check by check in the order in which they were made; a failed one says what to do, and one that passed what to look at all the same. */
export const checksSchema = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      detail: z.string(),
      fix: z.string().meta({
        description: "What to do where it failed; where it passed, what to look at all the same, or nothing.",
      }),
    }),
  ),
});
export type Checks = z.output<typeof checksSchema>;
