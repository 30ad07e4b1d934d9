import { z } from "zod";

const textSchema = z.string().max(1_000).catch("");
const afterSchema = z.string().max(1_000).nullable().catch(null);

/** What of a list's entries is looked at; anything else in the address counts as not given. */
export const readEntryQuery = (
  query: Readonly<Record<string, string | string[] | undefined>>,
): { q: string; after: string | null } => ({
  q: textSchema.parse(query["q"]).trim(),
  after: afterSchema.parse(query["after"]),
});
