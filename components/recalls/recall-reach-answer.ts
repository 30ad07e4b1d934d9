import { z } from "zod";

import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

const reachSchema = z.object({
  matched: z.number(),
  isPartial: z.boolean(),
  samples: z.array(z.object({ id: z.string(), type: z.enum(INDICATOR_TYPES), value: z.string() })),
  destinations: z.array(z.object({ connectorId: z.string(), connector: z.string(), count: z.number() })),
});

/** What a recall would take back. */
export type RecallReach = z.output<typeof reachSchema>;

/** Reads the answer of the check; `null` for anything that is none. */
export const parseRecallReach = (data: unknown): RecallReach | null =>
  reachSchema.safeParse(data).data ?? null;
