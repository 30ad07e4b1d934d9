import { z } from "zod";

import { INDICATOR_TYPES, TLPS } from "@/lib/domain/indicator/types";

/** Which of the team's indicators a connector takes. Null means "all". */
export const selectionSchema = z.strictObject({
  feeds: z.array(z.uuid("Name feeds by their id.")).max(500).nullable().default(null),
  types: z
    .array(z.enum(INDICATOR_TYPES))
    .min(1, "Choose at least one type, or leave all.")
    .nullable()
    .default(null),
  minConfidence: z.number().int().min(0).max(100).default(0),
  maxTlp: z.enum(TLPS).default("amber"),
});
export type Selection = z.infer<typeof selectionSchema>;

/** The selection of a stored row; what an older version left out takes its default. */
export const storedSelectionSchema = z.object(selectionSchema.shape);
