import { z } from "zod";

import { allowBlockSchema } from "@/lib/domain/names/allow-block";

/**
 * Parameters of MISP's restSearch that may be given as they are, such as misp2sentinel's `misp_event_filters`. Those that
 * page, order, mark and revoke are ours: a source that let them be changed would lose rows.
 */
const RESERVED_FILTERS = new Set(["returnFormat", "page", "limit", "order", "timestamp", "deleted"]);

/** Which of MISP's events and attributes are wanted, at MISP feeds and servers alike. */
export const mispSettingsSchema = z.strictObject({
  /** Unset: drafts are left out at a server and taken at a feed, whose publisher chose what stands in it. */
  publishedOnly: z.boolean().optional(),
  /** Only attributes that are meant for detection. */
  toIdsOnly: z.boolean().default(true),
  /** Of an event or an attribute. */
  tags: allowBlockSchema,
  /** Creator organisations by name or UUID. */
  orgs: allowBlockSchema,
  categories: allowBlockSchema,
  /** MISP's attribute types, such as `ip-dst`. */
  types: allowBlockSchema,
  /** Events that changed within so many days; null for all. */
  maxAgeDays: z.number().int().min(1).max(36_500).nullable().default(null),
  /** A server only: further parameters of restSearch. */
  filters: z
    .record(z.string().max(100), z.json())
    .refine((filters) => Object.keys(filters).length <= 50, "At most 50 filters.")
    .superRefine((filters, context) => {
      for (const name of Object.keys(filters))
        if (RESERVED_FILTERS.has(name))
          context.addIssue({ code: "custom", path: [name], message: `Sluice sets “${name}” itself.` });
    })
    .default({}),
});
export type MispSettings = z.infer<typeof mispSettingsSchema>;
