import { z } from "zod";

import { EFFECTS, MATCHES } from "./allowlist";

const nameSchema = z.string().trim().min(1, "Give it a name.").max(120);

/** A list to be made; without a team it is the installation's and holds for every team. */
export const allowlistCreateSchema = z.strictObject({
  team: z.string().optional(),
  name: nameSchema,
  match: z.enum(MATCHES),
  effect: z.enum(EFFECTS),
});
export type AllowlistCreate = z.output<typeof allowlistCreateSchema>;

/** What of a list can be changed; how it compares cannot, since its entries were checked by that. */
export const allowlistPatchSchema = z.strictObject({
  name: nameSchema.optional(),
  effect: z.enum(EFFECTS).optional(),
});
export type AllowlistPatch = z.output<typeof allowlistPatchSchema>;

/** Longer ones do not fit the index that keeps an entry from standing twice. */
const MAX_CHARACTERS = 1_000;

export const entryValueSchema = z.string().trim().min(1, "Give a value.").max(MAX_CHARACTERS);

/** An entry: what must not be blocked, why, and until when. */
export const entryCreateSchema = z.strictObject({
  value: entryValueSchema,
  comment: z.string().trim().min(1, "Say why: whoever finds it later wants to know.").max(1_000),
  until: z.iso.datetime().nullable().default(null),
});
export type EntryCreate = z.output<typeof entryCreateSchema>;

const MOST_ENTRIES_AT_ONCE = 10_000;

/** Many entries with one reason and one end. */
export const entriesCreateSchema = z.strictObject({
  values: z
    .array(entryValueSchema)
    .min(1, "Give at least one entry.")
    .max(MOST_ENTRIES_AT_ONCE, `At most ${MOST_ENTRIES_AT_ONCE.toLocaleString("en-US")} entries at once.`),
  comment: entryCreateSchema.shape.comment,
  until: entryCreateSchema.shape.until,
});

/** What a team makes of a list that comes with the product; `off`: nothing. */
export const BUNDLED_EFFECTS = [...EFFECTS, "off"] as const;
export type BundledEffect = (typeof BUNDLED_EFFECTS)[number];

export const bundledChoiceSchema = z.strictObject({
  team: z.string(),
  effect: z.enum(BUNDLED_EFFECTS),
  reason: z.string().trim().min(1, "Say why: it is kept with the choice.").max(1_000),
});
