import { z } from "zod";

/** Which collection of a TAXII 2.1 server is read. */
export const taxiiSettingsSchema = z.strictObject({
  /** The collection's id or title. Unset: the address names one, or the server has a single readable one. */
  collection: z.string().trim().min(1).max(255).nullable().default(null),
  /** Only indicators of at least this confidence; objects that state none are taken. */
  minConfidence: z.number().int().min(0).max(100).default(0),
});
