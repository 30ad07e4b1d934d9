import { z } from "zod";

/** What the list of indicators can show beside the value, which it always shows. */
export const LIST_COLUMNS = [
  ...(["type", "state", "confidence", "tlp", "tags", "feeds", "teams", "destinations"] as const),
  ...(["validUntil", "firstSeen", "lastSeen", "added", "addedBy", "comment"] as const),
] as const;
export type ListColumn = (typeof LIST_COLUMNS)[number];
/** What it shows when nobody chose. */
export const USUAL_COLUMNS: readonly ListColumn[] = [
  ...(["type", "state", "confidence", "tlp", "feeds", "destinations", "validUntil", "added"] as const),
];

export const DENSITIES = ["comfortable", "compact"] as const;
export type Density = (typeof DENSITIES)[number];

/** Chosen columns in the list's own order, each once. */
export const columnsSchema = z
  .array(z.enum(LIST_COLUMNS))
  .transform((given) => LIST_COLUMNS.filter((column) => given.includes(column)));

/** A view of the list under a name: what narrows and sorts it, and how it looks. */
export const savedViewSchema = z.strictObject({
  name: z.string().trim().min(1, "Give it a name.").max(60),
  shared: z.boolean().default(false),
  /** The query of the list's address, such as `state=active&sort=value`. */
  query: z.string().max(4_000).default(""),
  columns: columnsSchema.default([]),
  density: z.enum(DENSITIES).default("comfortable"),
});
export type SavedViewInput = z.output<typeof savedViewSchema>;
