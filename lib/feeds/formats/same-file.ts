import { indicatorId } from "@/lib/domain/indicator/identity";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { Candidate } from "@/lib/feeds/contract";

/** What names a file, strongest first: where a destination has room for one of them, it is the first. */
const FILE_HASHES: readonly IndicatorType[] = ["sha256", "sha1", "md5"];

/**
 * Notes at each hash which stronger ones name the same file, for candidates that one row or object of a source holds. Only
 * where it holds one of each kind at most: several files' hashes cannot be told apart.
 */
export const noteStronger = (candidates: readonly Candidate[]): readonly Candidate[] => {
  if (candidates.length < 2) return candidates;
  const stronger = findStronger(candidates);
  return stronger.size === 0 ? candidates : candidates.map((one) => withStronger(one, stronger));
};

/** By type, the public ids of the stronger hashes; empty where there is nothing to note. */
export const findStronger = (
  candidates: readonly Candidate[],
): ReadonlyMap<IndicatorType, readonly string[]> => {
  const values = new Map<IndicatorType, string>();
  for (const one of candidates) {
    if (!one.ok || !FILE_HASHES.includes(one.type)) continue;
    const known = values.get(one.type);
    if (known !== undefined && known !== one.value) return NONE;
    values.set(one.type, one.value);
  }
  if (values.size < 2) return NONE;
  const found = new Map<IndicatorType, readonly string[]>();
  const ids: string[] = [];
  for (const type of FILE_HASHES) {
    const value = values.get(type);
    if (value === undefined) continue;
    if (ids.length > 0) found.set(type, [...ids]);
    ids.push(indicatorId(type, value));
  }
  return found;
};

/** The candidate with the stronger hashes of its file, where it has any. */
export const withStronger = (
  candidate: Candidate,
  stronger: ReadonlyMap<IndicatorType, readonly string[]>,
): Candidate => {
  const ids = candidate.ok ? stronger.get(candidate.type) : undefined;
  return candidate.ok && ids ? { ...candidate, stronger: ids } : candidate;
};

const NONE: ReadonlyMap<IndicatorType, readonly string[]> = new Map();
