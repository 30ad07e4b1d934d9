import "server-only";

import type { Decision } from "@/lib/domain/selection/decide";
import { judgeBeside, type StrongerHash } from "@/lib/domain/selection/same-file";

import type { CandidateReader } from "./read-candidates";
import type { ReadCandidate } from "./read-page";

type Decide = (one: ReadCandidate) => Decision;
/** Which of these, by their numbers, cannot go there although they are wanted. */
export type FindKeptOut = (ids: readonly string[]) => Promise<ReadonlySet<string>>;
type Options = { reader: CandidateReader; decide: Decide; findKeptOut: FindKeptOut };

/** `instead`: the numbers of the stronger hashes that go there instead. */
export type DecisionBeside = Decision & { instead?: readonly string[] };

/**
 * The decisions on a page, where a stronger hash of the same file goes instead or is kept in. Those that are not on the page
 * are looked up by their ids, so that the order of candidates says nothing. Only feeds that the connector takes say what is the
 * same file.
 */
export const besideStronger = async (
  page: readonly ReadCandidate[],
  decisions: readonly Decision[],
  options: Options,
): Promise<readonly DecisionBeside[]> => {
  const asked = new Set<string>();
  for (const decision of decisions) for (const key of strongerKeysOf(decision)) asked.add(key);
  if (asked.size === 0) return decisions;
  const known = await decideStronger(asked, page, decisions, options);
  return decisions.map((decision) => {
    const stronger = strongerKeysOf(decision).flatMap((key) => known.get(key) ?? []);
    const beside = decision.isWanted && stronger.length > 0 ? judgeBeside(decision.share, stronger) : null;
    if (!beside) return decision;
    const { instead, ...blocked } = beside;
    return { isWanted: false, ...blocked, instead: instead.map(({ id }) => id) };
  });
};

const strongerKeysOf = (decision: Decision): readonly string[] => {
  if (!decision.isWanted) return NONE;
  const [first, ...others] = decision.chosen;
  if (others.every(({ strongerKeys }) => strongerKeys.length === 0)) return first?.strongerKeys ?? NONE;
  return [...new Set(decision.chosen.flatMap(({ strongerKeys }) => strongerKeys))];
};

const NONE: readonly string[] = [];

const decideStronger = async (
  asked: ReadonlySet<string>,
  page: readonly ReadCandidate[],
  decisions: readonly Decision[],
  { reader, decide, findKeptOut }: Options,
): Promise<ReadonlyMap<string, StrongerHash>> => {
  const found: { one: ReadCandidate; decision: Decision }[] = [];
  const onPage = new Set<string>();
  page.forEach((one, place) => {
    const decision = decisions[place];
    if (!decision || !asked.has(one.key)) return;
    onPage.add(one.key);
    found.push({ one, decision });
  });
  for (const one of await reader.byKeys([...asked].filter((key) => !onPage.has(key))))
    found.push({ one, decision: decide(one) });
  const wanted = found.flatMap(({ one, decision }) => (decision.isWanted ? [one.id] : []));
  const keptOut = await findKeptOut(wanted);
  return new Map(
    found.map(({ one: { id, key, candidate }, decision }) => {
      const { type, value } = candidate;
      return [key, { id, type, value, decision, isKeptOut: keptOut.has(id) }];
    }),
  );
};
