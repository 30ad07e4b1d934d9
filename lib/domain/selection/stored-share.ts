import { z } from "zod";

import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";

import type { Share } from "./share";

const contentSchema = z.object({
  team: z.object({ slug: z.string(), name: z.string() }),
  tlp: z.number().int(),
  confidence: z.number().int(),
  feeds: z.array(
    z.object({
      name: z.string(),
      isPublic: z.boolean(),
      isOwnList: z.literal(true).optional(),
      comment: z.string(),
      threatType: z.string(),
      tags: z.array(z.string()),
      network: z.string().optional(),
    }),
  ),
  templates: z.object({ title: z.string().nullable(), description: z.string().nullable() }).optional(),
  deviceGroups: z.array(z.string()).optional(),
  words: z.object({ title: z.string().nullable(), description: z.string().nullable() }).optional(),
});

const shareSchema = z.object({
  action: z.enum(ACTIONS),
  severity: z.enum(SEVERITIES),
  expiresAt: z.date(),
  content: contentSchema,
});

/** A share as it was stored with a claim or a planned item. Throws when the row is not one of ours. */
export const readShare = (row: {
  action: string | null;
  severity: string | null;
  expiresAt: Date | null;
  content: unknown;
}): Share => shareSchema.parse(row);
