import { z } from "zod";

const text = z.string().catch("");

/** What a server says of itself at its discovery address. */
export const discoverySchema = z.object({
  title: text,
  default: z.string().nullish(),
  api_roots: z.array(z.string()).nullish(),
});

/** What it says at an API root; nothing else has `versions`. */
export const apiRootSchema = z.object({ title: text, versions: z.array(z.string()) });

export const collectionSchema = z.object({
  id: z.string(),
  title: text,
  alias: z.string().nullish(),
  /** Servers that leave it out let everybody read who may ask. */
  can_read: z.boolean().catch(true),
});
export type TaxiiCollection = z.infer<typeof collectionSchema>;

export const collectionsSchema = z.object({ collections: z.array(collectionSchema).nullish() });

/**
 * A page of objects: an envelope, or (with servers that were 2.0 once) a bundle. An answer without any object may leave out
 * everything.
 */
export const envelopeSchema = z
  .looseObject({
    more: z.boolean().nullish(),
    next: z.union([z.string(), z.number()]).nullish(),
    objects: z.array(z.unknown()).nullish(),
  })
  .refine((envelope) => Object.keys(envelope).length === 0 || "objects" in envelope || "more" in envelope);
