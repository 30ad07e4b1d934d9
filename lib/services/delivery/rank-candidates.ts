import "server-only";

import type { PoolClient } from "pg";

import type { Weights } from "@/lib/domain/selection/budget-settings";
import type { Vouching } from "@/lib/domain/selection/candidate";
import type { Decision } from "@/lib/domain/selection/decide";
import { scoreCandidate } from "@/lib/domain/selection/score";

import type { IdSource } from "./candidate-ids";
import { decidePages, findHeld, toUnwanted, type Judged } from "./judge-candidates";
import type { PlanningConnector } from "./planning-connector";
import { openCandidates, type ReadCandidate } from "./read-candidates";

/** A candidate that a connector wants, what it is worth where places are limited, and the surest feed that names it. */
export type Wish = {
  id: string;
  key: string;
  claimHash: string | null;
  isUnanswered: boolean;
  score: number;
  feedId: string;
  /** The device groups of the record; null: those of the connector. */
  deviceGroups: readonly string[] | null;
};

type Options = { connector: PlanningConnector; weights: Weights; now: Date };

/** Tells what is wanted from what is not, page by page: how a wish would stand there is judged once it has a place. */
export async function* rankCandidates(
  client: PoolClient,
  nextIds: IdSource,
  { connector, weights, now }: Options,
): AsyncGenerator<{ wishes: Wish[]; unwanted: Judged[] }> {
  const reader = await openCandidates(client, connector, false);
  const deciding = { connector, isWithdrawal: false, now };
  for await (const { page, decisions } of decidePages(reader, nextIds, deciding)) {
    const wishes: Wish[] = [];
    const unwanted: Judged[] = [];
    for (const [place, one] of page.entries()) {
      const decision = decisions[place];
      if (!decision) continue;
      const why = decision.isWanted ? findHeld(connector, one) : decision;
      if (why) unwanted.push(toUnwanted(one, why));
      else if (decision.isWanted) wishes.push(toWish(one, decision, { weights, now }));
    }
    yield { wishes, unwanted };
  }
}

const toWish = (
  { id, key, claimHash, isUnanswered, lastSeen, candidate: { type } }: ReadCandidate,
  { share, chosen }: Extract<Decision, { isWanted: true }>,
  { weights, now }: Pick<Options, "weights" | "now">,
): Wish => {
  const { severity, content } = share;
  const ranked = { type, severity, confidence: content.confidence, lastSeen, sources: chosen.length };
  const score = scoreCandidate(ranked, weights, now);
  const deviceGroups = content.deviceGroups ?? null;
  return { id, key, claimHash, isUnanswered, score, feedId: surestFeed(chosen), deviceGroups };
};

/** Of equals the one whose id comes first, whatever order the rows came in. */
const surestFeed = (chosen: readonly Vouching[]): string => {
  let [surest] = chosen;
  for (const one of chosen)
    if (
      surest === undefined ||
      one.confidence > surest.confidence ||
      (one.confidence === surest.confidence && one.feedId < surest.feedId)
    )
      surest = one;
  if (!surest) throw new RangeError("Nothing is wanted that no feed vouches for.");
  return surest.feedId;
};
