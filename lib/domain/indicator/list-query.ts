import { z } from "zod";

import { RECEIPT_STATES } from "@/lib/domain/delivery/receipt-states";

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
  "validUntil",
] as const;
export type IndicatorSort = (typeof INDICATOR_SORTS)[number];

/** Given once, or several times for any of them: `type=ipv4&type=ipv6`. */
const anyOf = <Item extends z.ZodType>(item: Item) =>
  z
    .union([item, z.array(item).min(1).max(MOST_CHOICES)])
    .transform((given) => (Array.isArray(given) ? given : [given]) as z.output<Item>[])
    .optional();
/** As many as a team has feeds to choose from. */
const MOST_CHOICES = 200;

/** The longest that "expiring within" looks ahead, in days. */
export const MOST_DAYS = 3_650;

export const indicatorFilterSchema = z.object({
  q: z.string().trim().max(2_000).optional(),
  type: anyOf(z.enum(INDICATOR_TYPES)),
  feed: anyOf(z.uuid()),
  tlp: anyOf(z.enum(TLPS)),
  state: anyOf(z.enum(INDICATOR_STATES)),
  minConfidence: z.coerce.number().int().min(0).max(100).optional(),
  tag: z.string().trim().min(1).max(200).optional(),
  /** At any of the team's connectors. */
  destinationState: anyOf(z.enum(RECEIPT_STATES)),
  /** Who put it into the team's own list, as it stands there. */
  addedBy: z.uuid().optional(),
  /** Part of this event or report, by its id at the source. */
  event: z.string().trim().min(1).max(200).optional(),
  expiringWithinDays: z.coerce.number().int().min(1).max(MOST_DAYS).optional(),
  sort: z.enum(INDICATOR_SORTS).default("-addedAt"),
});
export type IndicatorFilter = z.infer<typeof indicatorFilterSchema>;
