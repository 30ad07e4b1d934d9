import { z } from "zod";

import { MOST_ADDRESSES } from "@/lib/domain/indicator/expand";
import { INDICATOR_TYPES, TLPS } from "@/lib/domain/indicator/types";
import { allowBlockSchema } from "@/lib/domain/names/allow-block";
import { patchFields } from "@/lib/domain/patch-fields";

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
  tags: allowBlockSchema.meta({
    description:
      "Compared whole, in any case; % stands for any text. What bears a blocked tag stays in, whichever of the team's sources gave it; an allowed one must be given by a source that the connector takes.",
  }),
  maxAgeDays: z
    .number()
    .int()
    .min(1, "Give at least one day, or leave it empty.")
    .max(3_650)
    .nullable()
    .default(null)
    .meta({
      description:
        "What no source has seen for so many days stays in, and no record outlives that. A feed that was read whole and well saw all that it holds.",
    }),
  expandNetworksUpTo: z.number().int().min(0).max(MOST_ADDRESSES).default(0).meta({
    description:
      "Defender takes single addresses only. A network of at most so many addresses goes there as its addresses, each a record of its own that takes a place; 0: none does. Elsewhere it says nothing.",
  }),
});
export type Selection = z.infer<typeof selectionSchema>;

/** A change of a selection, field by field. Lists are replaced whole. */
export const selectionPatchSchema = z.strictObject({
  ...patchFields(selectionSchema.shape),
  tags: z
    .strictObject(patchFields(allowBlockSchema.unwrap().shape))
    .optional()
    .meta(selectionSchema.shape.tags.meta() ?? {}),
});

/** The selection of a stored row; what an older version left out takes its default. */
export const storedSelectionSchema = z.object(selectionSchema.shape);
