import { z } from "zod";

import { INDICATOR_STATES } from "./lifecycle";
import { INDICATOR_TYPES, TLPS } from "./types";

/** What a list of indicators can be narrowed to and sorted by. Nothing else reaches the SQL. */
export const INDICATOR_SORTS = [
  "-addedAt",
  "addedAt",
  "value",
  "-value",
  "-lastSeen",
  "-confidence",
] as const;

export const indicatorFilterSchema = z.object({
  q: z.string().trim().max(2_000).optional(),
  type: z.enum(INDICATOR_TYPES).optional(),
  feed: z.uuid().optional(),
  tlp: z.enum(TLPS).optional(),
  state: z.enum(INDICATOR_STATES).optional(),
  sort: z.enum(INDICATOR_SORTS).default("-addedAt"),
});
export type IndicatorFilter = z.infer<typeof indicatorFilterSchema>;
