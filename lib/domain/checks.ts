import { z } from "zod";

/** What a connection test found, check by check in the order in which they were made; a failed one says what to do. */
export const checksSchema = z.object({
  ok: z.boolean(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string(), fix: z.string() })),
});
export type Checks = z.output<typeof checksSchema>;
