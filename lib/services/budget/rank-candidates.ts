import "server-only";

import type { PoolClient } from "pg";

import type { Blocked } from "@/lib/domain/selection/blocked";
import type { Vouching } from "@/lib/domain/selection/candidate";
import type { Decision } from "@/lib/domain/selection/decide";
import { recordScope } from "@/lib/domain/selection/policy";
import { nextRecency, pointsOf, type Points } from "@/lib/domain/selection/score";
import { NEVER, nextEnd, nextTurn } from "@/lib/domain/selection/turn";
import type { WishBook } from "@/lib/domain/selection/wishes";

import type { IdSource } from "@/lib/services/planning/candidate-ids";
import type { FindKeptOut } from "@/lib/services/planning/judge-beside";
import { decidePages, findHeld, toUnwanted, type Judged } from "@/lib/services/planning/judge-candidates";
import type { PlanningConnector } from "@/lib/services/planning/planning-connector";
import type { CandidateReader } from "@/lib/services/planning/read-candidates";
import type { ReadCandidate } from "@/lib/services/planning/read-page";
import { partOf } from "@/lib/services/planning/part-numbers";
import { recordOf, type Scopes } from "@/lib/services/planning/record-numbers";

/** What stands of a wish, or may. */
export type Standing = Pick<ReadCandidate, "claimHash" | "isUnanswered">;
/** A weaker hash that a stronger one of its file keeps out, and the numbers of those that do. */
export type Weaker = { judged: Judged; instead: readonly string[] };

export type Ranked = { unwanted: Judged[]; weaker: Weaker[] };

type Options = {
  reader: CandidateReader;
  connector: PlanningConnector;
  now: Date;
  /** Takes what is wanted and is worth a place. */
  book: WishBook;
  scopes: Scopes;
  /** Takes, by the place in the book, what stands of it. */
  standing: Map<number, Standing>;
  /** Takes the places in the book of what a network named that goes out as its addresses. */
  fromNetworks: Set<number>;
  /** Networks for whose addresses there is no room, by their rows' numbers. */
  unfitting?: ReadonlyMap<string, Blocked> | undefined;
  /** Takes until when what was found holds, part by part. */
  outlook: Outlook;
  findKeptOut: FindKeptOut;
};

/** Until when a part's verdicts hold, in milliseconds, and the parts in which some rest on other parts, too. */
export type Outlook = { turns: Map<number, number>; dependent: Set<number> };

/** Tells what is wanted from what is not, page by page: how a wish would stand there is judged once it has a place. */
export async function* rankCandidates(
  client: PoolClient,
  nextIds: IdSource,
  { reader, connector, now, book, scopes, standing, fromNetworks, unfitting, outlook, findKeptOut }: Options,
): AsyncGenerator<Ranked> {
  const deciding = { connector, isWithdrawal: false, unfitting, now, findKeptOut };
  const { teamId, policy, destinationId } = connector;
  const unwanted = { destinationId, now, triesLeftOut: false, turnsAt: NEVER };
  const foresee = foreseeIn(outlook, { maxAgeDays: policy.selection.maxAgeDays, now });
  for await (const { page, decisions } of decidePages(client, reader, nextIds, deciding)) {
    const ranked: Ranked = { unwanted: [], weaker: [] };
    for (const [place, one] of page.entries()) {
      const decision = decisions[place];
      if (!decision) continue;
      const why = decision.isWanted ? findHeld(connector, one, decision.share) : decision;
      foresee(one, decision, why === null);
      if (why) {
        const { instead = [] } = decision;
        const judged = toUnwanted(one, why, unwanted);
        if (instead.length > 0) ranked.weaker.push({ judged, instead });
        else ranked.unwanted.push(judged);
      } else if (decision.isWanted) {
        const { points, feedId } = valueOf(one, decision, now);
        const { claimHash, isUnanswered, rankKey: key = one.key } = one;
        const { deviceGroups } = decision.share.content;
        const record = recordOf(one.id, deviceGroups && scopes.numberOf(recordScope(deviceGroups)));
        const wish = book.add({ record, key, teamId, feedId, points });
        if (decision.chosen.some(({ network }) => network !== undefined)) fromNetworks.add(wish);
        if (claimHash !== null || isUnanswered) standing.set(wish, { claimHash, isUnanswered });
      }
    }
    yield ranked;
  }
}

/** How a wish would stand is judged at each plan: of it, only what it is worth is foreseen. */
const foreseeIn =
  ({ turns, dependent }: Outlook, at: { maxAgeDays: number | null; now: Date }) =>
  ({ id, lastSeen, candidate }: ReadCandidate, decision: Decision, isWish: boolean): void => {
    const part = partOf(id);
    const turn = isWish
      ? Math.min(nextEnd(candidate, at), nextRecency(lastSeen, at.now))
      : nextTurn(candidate, { ...at, decision, isKept: false });
    if (turn < (turns.get(part) ?? NEVER)) turns.set(part, turn);
    // Whether it goes rests on what becomes of the stronger hashes of its file.
    if (candidate.vouchings.some(({ strongerKeys }) => strongerKeys.length > 0)) dependent.add(part);
  };

/** What speaks for a wanted candidate where places are limited, and the surest feed that names it. */
export const valueOf = (
  { lastSeen, candidate: { type } }: ReadCandidate,
  { share, chosen }: Extract<Decision, { isWanted: true }>,
  now: Date,
): { points: Points; feedId: string } => {
  const { severity, content } = share;
  const ranked = { type, severity, confidence: content.confidence, lastSeen, sources: chosen.length };
  return { points: pointsOf(ranked, now), feedId: surestFeed(chosen) };
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
