import type { PlaceShare, Weights } from "./budget-settings";
import { groupRecords, orderByWorth, type Groups } from "./rank-wishes";
import { weighAll, type Wishes } from "./wishes";

type Shares = Readonly<Record<string, PlaceShare>>;
export type Budget = {
  /** Places for records of ours, whoever wants them. */
  room: number;
  /** How much each property of a candidate counts. */
  weights: Weights;
  /** What standing already is worth. */
  bonus: number;
  teams: Shares;
  feeds: Shares;
};
type Standing = {
  /** Records of ours that stand at the destination. */
  standing: ReadonlySet<number>;
  /** Those of them that nobody can take away now, so that their places are gone. */
  held: ReadonlySet<number>;
};

/** Why something has no place; the list is closed. */
export const CUT_CODES = ["over-budget", "over-team-ceiling", "over-feed-ceiling"] as const;
/** Whether a code says that something has no place. */
export const isCutCode = (code: string): boolean => (CUT_CODES as readonly string[]).includes(code);

/** Why a wish is not met: `rank` in the order in which places were given, of which `cut` was the last. */
export type Cut = { code: (typeof CUT_CODES)[number]; rank: number; cut: number };
/** What came of wishes, one by one in their order. */
export type Choice = {
  /** 0: it is chosen. */
  codes: Uint8Array;
  ranks: Int32Array;
  limits: Int32Array;
  /** Records that are wanted, and those of them that have a place. */
  wanted: number;
  chosen: number;
  groups: Groups;
};

/** Why a wish of a choice has no place; null where it has one. */
export const cutOf = ({ codes, ranks, limits }: Choice, wish: number): Cut | null => {
  const code = CUT_CODES[(codes[wish] ?? 0) - 1];
  return code === undefined ? null : { code, rank: ranks[wish] ?? 0, cut: limits[wish] ?? 0 };
};

const BUDGET = 1;
const TEAM = 2;
const FEED = 3;

/**
 * Gives a destination's places to what is worth most. First come the floors of teams and feeds, then all others by score, each
 * team and feed up to its ceiling, until the room is full. What stands has a bonus, so that it is replaced only by what is
 * clearly worth more. The same wishes in any order give the same choice. `isOut` leaves a wish out of it.
 */
export const choose = (
  wishes: Wishes,
  budget: Budget,
  { standing, held }: Standing,
  isOut: (wish: number) => boolean = () => false,
): Choice => {
  const scores = weighAll(wishes, budget.weights);
  const groups = groupRecords(wishes, { scores, standing, bonus: budget.bonus, isOut });
  const order = orderByWorth(wishes, groups);
  const parties = openParties(wishes, budget);
  const choice: Choice = {
    codes: new Uint8Array(wishes.length),
    ranks: new Int32Array(wishes.length),
    limits: new Int32Array(wishes.length),
    wanted: order.length,
    chosen: 0,
    groups,
  };
  const counting = createCounts(parties, groups, choice);
  let room = budget.room - held.size;
  const isHeld = (first: number): boolean => held.has(wishes.records[first] ?? 0);
  const take = (first: number): void => {
    if (!isHeld(first)) room -= 1;
    choice.chosen += 1;
    counting.add(first);
  };
  const waiting = keepWhere(order, (first) => {
    if (!isHeld(first) && !(room > 0 && counting.isBelowFloor(first))) return true;
    take(first);
    return false;
  });
  const left = keepWhere(waiting, (first) => {
    if (counting.isAtCeiling(first)) counting.refuse(first);
    else if (room > 0) take(first);
    else return true;
    return false;
  });
  left.forEach((first, index) => {
    counting.leave(first, choice.chosen + index + 1);
  });
  return choice;
};

/** As `filter` does, in place: of a million there is no second list. */
const keepWhere = (numbers: Uint32Array, isKept: (number: number) => boolean): Uint32Array => {
  let kept = 0;
  for (const number of numbers) if (isKept(number)) numbers[kept++] = number;
  return numbers.subarray(0, kept);
};

type Tally = { taken: number; refused: number; floor: number; ceiling: number };
type Parties = { teamOf: (wish: number) => Tally; feedOf: (wish: number) => Tally };

const openParties = ({ teams, feeds, teamIds, feedIds }: Wishes, budget: Budget): Parties => {
  const teamTallies = teamIds.map((id) => openTally(budget.teams[id]));
  const feedTallies = feedIds.map((id) => openTally(budget.feeds[id]));
  return {
    teamOf: (wish) => teamTallies[teams[wish] ?? 0] ?? NOBODY,
    feedOf: (wish) => feedTallies[feeds[wish] ?? 0] ?? NOBODY,
  };
};

const openTally = ({ floor, ceiling }: PlaceShare = { floor: 0, ceiling: null }): Tally => ({
  ...{ taken: 0, refused: 0, floor },
  ceiling: ceiling ?? Number.POSITIVE_INFINITY,
});

const NOBODY: Tally = openTally();

/** How many places each team and each feed has so far, and what comes of it for the wishes. */
const createCounts = ({ teamOf, feedOf }: Parties, { next }: Groups, choice: Choice) => {
  const isFull = (wish: number): boolean => isAtCeiling(teamOf(wish)) || isAtCeiling(feedOf(wish));
  /** Counts the refusal, too: the next one is ranked behind it. */
  const refuseBy = (tally: Tally, wish: number, code: number): boolean => {
    if (!isAtCeiling(tally)) return false;
    tally.refused += 1;
    choice.codes[wish] = code;
    choice.ranks[wish] = tally.ceiling + tally.refused;
    choice.limits[wish] = tally.ceiling;
    return true;
  };
  const isRefused = (wish: number): boolean =>
    refuseBy(teamOf(wish), wish, TEAM) || refuseBy(feedOf(wish), wish, FEED);
  return {
    /** Whether nobody who wants it may have another place. */
    isAtCeiling: (first: number): boolean => {
      for (let wish = first; wish >= 0; wish = next[wish] ?? -1) if (!isFull(wish)) return false;
      return true;
    },
    isBelowFloor: (first: number): boolean => {
      for (let wish = first; wish >= 0; wish = next[wish] ?? -1)
        if ((isBelowFloor(teamOf(wish)) || isBelowFloor(feedOf(wish))) && !isFull(wish)) return true;
      return false;
    },
    /** A record takes one place of each team and each feed that wants it; whoever has no more place has no part in it. */
    add: (first: number): void => {
      const taking = new Set<Tally>();
      for (let wish = first; wish >= 0; wish = next[wish] ?? -1)
        if (!isRefused(wish)) taking.add(teamOf(wish)).add(feedOf(wish));
      for (const party of taking) party.taken += 1;
    },
    refuse: (first: number): void => {
      for (let wish = first; wish >= 0; wish = next[wish] ?? -1) isRefused(wish);
    },
    leave: (first: number, rank: number): void => {
      for (let wish = first; wish >= 0; wish = next[wish] ?? -1) {
        if (isRefused(wish)) continue;
        choice.codes[wish] = BUDGET;
        choice.ranks[wish] = rank;
        choice.limits[wish] = choice.chosen;
      }
    },
  };
};

/** The wishes for a record, by the first of them. */
const chainOf = (first: number, next: Int32Array): number[] => {
  const chain: number[] = [];
  for (let wish = first; wish >= 0; wish = next[wish] ?? -1) chain.push(wish);
  return chain;
};

const isBelowFloor = ({ taken, floor }: Tally): boolean => taken < floor;

const isAtCeiling = ({ taken, ceiling }: Tally): boolean => taken >= ceiling;

/**
 * The choice as a team may be told of it: with ranks among what it may know of, which is its own wishes and, where its application
 * sees the whole tenant, what others have there. What others only wish for is theirs.
 */
export const tellChoice = (choice: Choice, isTold: (wish: number) => boolean): Choice => {
  const { next, firsts } = choice.groups;
  const left: number[] = [];
  let [wanted, chosen] = [0, 0];
  for (const first of firsts) {
    const told = chainOf(first, next).filter(isTold);
    if (told.length === 0) continue;
    wanted += 1;
    if (told.some((wish) => choice.codes[wish] === 0)) chosen += 1;
    else if (told.some((wish) => choice.codes[wish] === BUDGET)) left.push(first);
  }
  const rankOf = (first: number): number =>
    Math.max(
      ...chainOf(first, next).map((wish) => (choice.codes[wish] === BUDGET ? (choice.ranks[wish] ?? 0) : 0)),
    );
  const ranks = choice.ranks.slice();
  const limits = choice.limits.slice();
  left
    .map((first) => ({ first, rank: rankOf(first) }))
    .sort((one, other) => one.rank - other.rank)
    .forEach(({ first }, index) => {
      for (const wish of chainOf(first, next))
        if (choice.codes[wish] === BUDGET) [ranks[wish], limits[wish]] = [chosen + index + 1, chosen];
    });
  return { ...choice, ranks, limits, wanted, chosen };
};
