import { z } from "zod";

import { ACTIONS } from "@/lib/domain/connector/actions";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

export const ITEM_OPERATIONS = ["add", "change", "remove", "blocked"] as const;
export type ItemOperation = (typeof ITEM_OPERATIONS)[number];

/** What a plan's items can be narrowed to; all that is given has to hold. Nothing else reaches the SQL. */
export const planItemFilterSchema = z.object({
  operation: z.enum(ITEM_OPERATIONS).optional(),
  code: z.string().max(50).optional(),
  q: z.string().trim().max(2_000).optional().meta({
    description: "A value or a part of one, a network, a domain, or an id, as in the list of indicators.",
  }),
  type: z.enum(INDICATOR_TYPES).optional(),
  feed: z
    .uuid()
    .optional()
    .meta({ description: "Vouches for it now, or is named in what is planned or stands." }),
  action: z.enum(ACTIONS).optional().meta({
    description: "To stand so; of what is removed: stands so now. Sentinel's records carry none.",
  }),
});
export type PlanItemFilter = z.infer<typeof planItemFilterSchema>;

/** Whether a filter keeps anything out. */
export const isNarrowed = (filter: PlanItemFilter): boolean =>
  Object.values(filter).some((wanted) => wanted !== undefined && wanted !== "");
