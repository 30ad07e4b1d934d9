import "server-only";

import { z } from "zod";

const statisticsSchema = z.object({
  at: z.coerce.date(),
  /** Permissions that the application lacks. */
  missing: z.array(z.string()),
  /** Why nothing was told. */
  problem: z.string().nullable(),
});

/** What came of asking Defender how widely something is seen. */
export type Statistics = z.output<typeof statisticsSchema>;

/** The stored outcome of the last asking; null: nobody asked yet. */
export const readStatistics = (stored: unknown): Statistics | null =>
  statisticsSchema.nullable().parse(stored ?? null);
