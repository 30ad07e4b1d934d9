import { z } from "zod";

/** An object in a TAXII collection, with when it was added to it. */
export const taxiiEntrySchema = z.strictObject({
  collection: z.uuid(),
  addedAt: z.string(),
  object: z.looseObject({ type: z.string().min(1), id: z.string().min(1) }),
});
export type TaxiiEntry = z.infer<typeof taxiiEntrySchema>;
