import { strictest, type Tlp } from "./tlp";

/** What one source says of a value that it vouches for. */
export type Vouched = {
  source: string;
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  firstSeen: Date;
  lastSeen: Date;
  /** Null: no end. */
  validUntil: Date | null;
};

type Plain = Omit<Vouched, "source" | "tags">;
export type Merged = Plain & { sources: readonly string[]; tags: readonly string[] };

/**
 * What a team sees of a value that several sources vouch for: sources and tags united, first seen the earliest, last seen, confidence
 * and validity the latest and highest, the strictest TLP. The order of the sources says nothing. Null when nobody vouches. PostgreSQL
 * merges by the same rules (lib/db/queries/team-view.ts).
 */
export const mergeVouched = (all: readonly Vouched[]): Merged | null => {
  const [first, ...rest] = all;
  if (first === undefined) return null;
  const united = (pick: (one: Vouched) => readonly string[]): string[] =>
    [...new Set(all.flatMap(pick))].sort();
  const { confidence, tlp, firstSeen, lastSeen, validUntil } = rest.reduce<Plain>(mergeTwo, first);
  return {
    ...{ confidence, tlp, firstSeen, lastSeen, validUntil },
    sources: united(({ source }) => [source]),
    tags: united(({ tags }) => tags),
  };
};

const mergeTwo = (one: Plain, other: Plain): Plain => ({
  confidence: Math.max(one.confidence, other.confidence),
  tlp: strictest(one.tlp, other.tlp),
  firstSeen: one.firstSeen <= other.firstSeen ? one.firstSeen : other.firstSeen,
  lastSeen: later(one.lastSeen, other.lastSeen),
  validUntil: laterEnd(one.validUntil, other.validUntil),
});

/** The later of two ends; one that is null, no end, is the latest of all. Texts as `toISOString` writes them. */
export const laterEnd = <End extends Date | string>(one: End | null, other: End | null): End | null =>
  one === null || other === null ? null : later(one, other);

const later = <Moment extends Date | string>(one: Moment, other: Moment): Moment =>
  one >= other ? one : other;
