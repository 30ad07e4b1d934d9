import "server-only";

import { judgeBeside, type StrongerHash } from "@/lib/domain/selection/same-file";
import type { Decision } from "@/lib/domain/selection/decide";

import type { CandidateReader, ReadCandidate } from "./read-candidates";

type Decide = (one: ReadCandidate) => Decision;

/**
 * The decisions on a page, where a stronger hash of the same file goes instead or is kept in. Those that are not on the page
 * are looked up by their ids, so that the order of candidates says nothing.
 */
export const besideStronger = async (
  page: readonly ReadCandidate[],
  decisions: readonly Decision[],
  { reader, decide }: { reader: CandidateReader; decide: Decide },
): Promise<readonly Decision[]> => {
  const asked = new Set<string>();
  page.forEach(({ strongerKeys }, place) => {
    if (decisions[place]?.isWanted === true) for (const key of strongerKeys) asked.add(key);
  });
  if (asked.size === 0) return decisions;
  const known = await decideStronger(asked, page, decisions, { reader, decide });
  return decisions.map((decision, place) => {
    const stronger = page[place]?.strongerKeys.flatMap((key) => known.get(key) ?? []) ?? [];
    const blocked = decision.isWanted && stronger.length > 0 ? judgeBeside(decision.share, stronger) : null;
    return blocked ? { isWanted: false, ...blocked } : decision;
  });
};

const decideStronger = async (
  asked: ReadonlySet<string>,
  page: readonly ReadCandidate[],
  decisions: readonly Decision[],
  { reader, decide }: { reader: CandidateReader; decide: Decide },
): Promise<ReadonlyMap<string, StrongerHash>> => {
  const known = new Map<string, StrongerHash>();
  page.forEach(({ key, candidate: { type, value } }, place) => {
    const decision = decisions[place];
    if (decision && asked.has(key)) known.set(key, { type, value, decision });
  });
  for (const one of await reader.byKeys([...asked].filter((key) => !known.has(key)))) {
    const { type, value } = one.candidate;
    known.set(one.key, { type, value, decision: decide(one) });
  }
  return known;
};
