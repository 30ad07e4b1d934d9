import { z } from "zod";

import { indicatorFilterSchema } from "./list-query";
import { TLPS } from "./types";

/** As many as one change takes. */
export const MOST_CHANGED = 1_000_000;
/** As many as can be named one by one. */
const MOST_NAMED = 10_000;
/** How long a change can be undone, from its end. */
export const UNDO_HOURS = 24;

const tagsSchema = z.array(z.string().trim().min(1).max(100)).max(50).default([]);
/**
 * What becomes of values that feeds alone vouch for. `leave`: they stay as they are, and are listed as such. `adopt`: the
 * team's own list takes them over as they stand, so that the team vouches for them, too.
 */
const feedsOnlySchema = z.enum(["leave", "adopt"]).default("leave");

/** What is done to each indicator of a selection. */
export const bulkChangeSchema = z.discriminatedUnion("action", [
  z.strictObject({
    action: z.literal("withdraw"),
    reason: z.string().trim().min(1, "Say why: it is kept in the audit.").max(1_000),
  }),
  z.strictObject({
    action: z.literal("validity"),
    validUntil: z.iso.datetime({ offset: true }).nullable(),
    feedsOnly: feedsOnlySchema,
  }),
  z
    .strictObject({
      action: z.literal("tags"),
      add: tagsSchema,
      remove: tagsSchema,
      feedsOnly: feedsOnlySchema,
    })
    .refine(({ add, remove }) => add.length + remove.length > 0, {
      message: "Name a tag to add or to take away.",
      path: ["add"],
    }),
  z.strictObject({
    action: z.literal("confidence"),
    confidence: z.number().int().min(0).max(100),
    feedsOnly: feedsOnlySchema,
  }),
  z.strictObject({ action: z.literal("tlp"), tlp: z.enum(TLPS), feedsOnly: feedsOnlySchema }),
]);
export type BulkChange = z.output<typeof bulkChangeSchema>;
export type EntryChange = Exclude<BulkChange, { action: "withdraw" }>;
export const BULK_ACTIONS = ["withdraw", "validity", "tags", "confidence", "tlp", "undo"] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

/** Which indicators: all that a filter of the list finds when the change begins, or named ones. */
export const bulkSelectionSchema = z.union([
  z.strictObject({ filter: indicatorFilterSchema.strict() }),
  z.strictObject({
    ids: z.array(z.uuid()).min(1, "Name at least one indicator.").max(MOST_NAMED),
  }),
]);
export type BulkSelection = z.output<typeof bulkSelectionSchema>;

/**
 * What became of one indicator. `outweighed`: done as asked in the team's own entry, and the list still shows a feed's word,
 * since it holds the highest confidence, the strictest TLP, the latest end and all tags.
 */
export const BULK_OUTCOMES = [
  ...(["changed", "outweighed", "unchanged"] as const),
  ...(["feeds-only", "withdrawn", "too-many-tags", "gone"] as const),
  ...(["restored", "changed-since"] as const),
] as const;
export type BulkOutcome = (typeof BULK_OUTCOMES)[number];
/** Outcomes that left the indicator as it was, against what was asked. */
export const REFUSALS: readonly BulkOutcome[] = [
  ...(["feeds-only", "withdrawn", "too-many-tags", "gone", "changed-since"] as const),
];

export const BULK_STATES = ["queued", "running", "done", "stopped"] as const;
export type BulkState = (typeof BULK_STATES)[number];
