import { strictest, type Tlp } from "./tlp";

/** What one feed (so one team) says of a value. `validUntil` null: the source names no end. */
export type Attribution = {
  /** Name or id of the source; sources are united and keep the order in which they were first seen. */
  source: string;
  firstSeen: Date;
  lastSeen: Date;
  /** 0 to 100. */
  confidence: number;
  tlp: Tlp;
  tags: readonly string[];
  validUntil: Date | null;
};

export type Merged = Omit<Attribution, "source"> & { sources: readonly string[] };

/**
 * What all live attributions of one value say together: sources and tags united, first seen the minimum, last seen and
 * confidence the maximum, the strictest TLP, and the latest validity, where no end is later than any.
 * Each validity must already be capped by its feed's policy (`validUntilOf`). Null when there is none to merge.
 */
export const mergeAttributions = (attributions: readonly Attribution[]): Merged | null => {
  const [first, ...others] = attributions;
  if (first === undefined) return null;
  const { source, ...rest } = first;
  const sources = new Set([source]);
  const tags = new Set(first.tags);
  const merged = { ...rest };
  for (const other of others) {
    sources.add(other.source);
    for (const tag of other.tags) tags.add(tag);
    merged.firstSeen = earlier(merged.firstSeen, other.firstSeen);
    merged.lastSeen = later(merged.lastSeen, other.lastSeen);
    merged.confidence = Math.max(merged.confidence, other.confidence);
    merged.tlp = strictest(merged.tlp, other.tlp);
    merged.validUntil =
      merged.validUntil === null || other.validUntil === null
        ? null
        : later(merged.validUntil, other.validUntil);
  }
  return { ...merged, sources: [...sources], tags: sorted(tags) };
};

/** What one row of a feed says beside the value. Absent: the row says nothing of it. */
export type Claim = {
  confidence?: number;
  tlp?: Tlp;
  tags?: readonly string[];
  comment?: string;
  threatType?: string;
  firstSeen?: Date;
  lastSeen?: Date;
  validUntil?: Date;
};

/**
 * Two rows of one run that name the same value, by the same rules. Comment and threat type are those of the earlier
 * row that has one; a validity counts only where a row states it.
 */
export const mergeClaims = (one: Claim, other: Claim): Claim => {
  const merged: Claim = { ...other, ...one };
  if (one.confidence !== undefined && other.confidence !== undefined)
    merged.confidence = Math.max(one.confidence, other.confidence);
  if (one.tlp && other.tlp) merged.tlp = strictest(one.tlp, other.tlp);
  if (one.tags && other.tags) merged.tags = sorted(new Set([...one.tags, ...other.tags]));
  if (one.firstSeen && other.firstSeen) merged.firstSeen = earlier(one.firstSeen, other.firstSeen);
  if (one.lastSeen && other.lastSeen) merged.lastSeen = later(one.lastSeen, other.lastSeen);
  if (one.validUntil && other.validUntil) merged.validUntil = later(one.validUntil, other.validUntil);
  return merged;
};

// By code point: the same tags in another order are no change of an attribution.
const sorted = (tags: ReadonlySet<string>): string[] =>
  [...tags].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
const earlier = (one: Date, other: Date): Date => (one <= other ? one : other);
const later = (one: Date, other: Date): Date => (one >= other ? one : other);
