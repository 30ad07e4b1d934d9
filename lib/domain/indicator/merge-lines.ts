import type { LocalIndicator } from "./local";
import { laterEnd } from "./merge";
import { strictest, type Tlp } from "./tlp";

/** One line of a team's own list with nothing left to the list's defaults; its end as `toISOString` writes it, null: none. */
export type WholeLine = LocalIndicator & { confidence: number; tlp: Tlp; validUntil: string | null };

/**
 * What two lines of one value say together: highest confidence, strictest TLP, tags united, latest end, the first comment; whatever
 * else the first says. PostgreSQL merges staged rows by the same rules (`mergeDuplicates`, lib/db/queries/generation.ts).
 */
export const mergeLines = (first: WholeLine, later: WholeLine): WholeLine => ({
  ...first,
  confidence: Math.max(first.confidence, later.confidence),
  tlp: strictest(first.tlp, later.tlp),
  tags: [...new Set([...first.tags, ...later.tags])].sort(),
  comment: first.comment === "" ? later.comment : first.comment,
  validUntil: laterEnd(first.validUntil, later.validUntil),
});
