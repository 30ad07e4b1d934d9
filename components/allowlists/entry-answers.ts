import { z } from "zod";

import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

const fateSchema = z.object({
  value: z.string(),
  outcome: z.enum(["added", "changed", "known", "rejected"]),
  reason: z.string().nullable(),
});
const checkedSchema = z.object({
  matched: z.number(),
  teams: z.number(),
  isPartial: z.boolean(),
  byType: z.array(z.object({ type: z.enum(INDICATOR_TYPES), count: z.number() })),
  samples: z.array(
    z.object({ id: z.string(), type: z.enum(INDICATOR_TYPES), value: z.string(), reason: z.string() }),
  ),
  destinations: z.array(z.object({ connectorId: z.string(), connector: z.string(), count: z.number() })),
  entries: z.array(fateSchema),
});
const addedSchema = z.object({
  results: z.array(fateSchema.extend({ id: z.string().nullable() })),
});

/** What entries would meet, before they are saved. */
export type CheckedEntries = z.output<typeof checkedSchema>;
/** What becomes of one entry. */
export type EntryFate = z.output<typeof fateSchema>;
/** What became of each entry. */
export type AddedEntries = z.output<typeof addedSchema>;

/** Reads the answer of the check; `null` for anything that is none. */
export const parseCheckedEntries = (data: unknown): CheckedEntries | null =>
  checkedSchema.safeParse(data).data ?? null;

/** Reads the answer of adding; `null` for anything that is none. */
export const parseAddedEntries = (data: unknown): AddedEntries | null =>
  addedSchema.safeParse(data).data ?? null;
