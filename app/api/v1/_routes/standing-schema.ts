import { z } from "zod";

import { timeSchema } from "@/lib/api/schemas";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";

/** What stands for all who claim a record, and how that differs from what the connector wants. */
export const standingSchema = z.object({
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiresAt: timeSchema,
  others: z.array(z.string()).meta({ description: "Who else claims the record." }),
  wantedBy: z.array(z.string()).meta({
    description: "Who wants it stricter than this connector; empty where it stands as wanted.",
  }),
  sentence: z.string(),
});
