import type { PlaceShare } from "./budget-settings";

/** One connector's wish for one record at a destination. */
export type Wanted = {
  teamId: string;
  /** The surest feed that names it. */
  feedId: string;
  /** Tells records at the destination apart: wishes of several connectors for one record share its place. */
  record: string;
  /** The public id of the indicator, or of the network that it is part of: it decides between equal scores. */
  key: string;
  score: number;
};

type Shares = Readonly<Record<string, PlaceShare>>;
export type Budget = {
  /** Places for records of ours, whoever wants them. */
  room: number;
  /** What standing already is worth. */
  bonus: number;
  teams: Shares;
  feeds: Shares;
};
type Standing = {
  /** Records of ours that stand at the destination. */
  standing: ReadonlySet<string>;
  /** Those of them that nobody can take away now, so that their places are gone. */
  held: ReadonlySet<string>;
};

/** Why a wish is not met: `rank` in the order in which places were given, of which `cut` was the last. */
export type Cut = {
  code: "over-budget" | "over-team-ceiling" | "over-feed-ceiling";
  rank: number;
  cut: number;
};

export type Choice = {
  /** One for each wish, in their order; null: it is chosen. */
  cuts: readonly (Cut | null)[];
  /** Records that are wanted, and those of them that have a place. */
  wanted: number;
  chosen: number;
};

/**
 * Gives a destination's places to what is worth most. First come the floors of teams and feeds, then all others by score, each
 * team and feed up to its ceiling, until the room is full. What stands has a bonus, so that it is replaced only by what is
 * clearly worth more. The same wishes in any order give the same choice.
 */
export const choose = (wanted: readonly Wanted[], budget: Budget, { standing, held }: Standing): Choice => {
  const ranked = rankRecords(wanted, standing, budget.bonus);
  const cuts = new Array<Cut | null>(wanted.length).fill(null);
  const counts = createCounts(wanted, budget);
  const waiting: Ranked[] = [];
  let room = budget.room - held.size;
  let chosen = 0;
  const take = (one: Ranked): void => {
    if (!held.has(one.record)) room -= 1;
    chosen += 1;
    counts.add(one, cuts);
  };
  for (const one of ranked)
    if (held.has(one.record) || (room > 0 && counts.isBelowFloor(one))) take(one);
    else waiting.push(one);
  const left: Ranked[] = [];
  for (const one of waiting)
    if (counts.isAtCeiling(one)) counts.refuse(one, cuts);
    else if (room > 0) take(one);
    else left.push(one);
  for (const [index, { wishes }] of left.entries())
    for (const wish of wishes)
      cuts[wish] = counts.ceilingOf(wish) ?? { code: "over-budget", rank: chosen + index + 1, cut: chosen };
  return { cuts, wanted: ranked.length, chosen };
};

/** A record with the places of all wishes for it. */
type Ranked = { record: string; key: string; score: number; wishes: number[] };

const rankRecords = (
  wanted: readonly Wanted[],
  standing: ReadonlySet<string>,
  bonus: number,
): readonly Ranked[] => {
  const byRecord = new Map<string, Ranked>();
  for (const [index, { record, key, score }] of wanted.entries()) {
    const worth = standing.has(record) ? score + bonus : score;
    const known = byRecord.get(record);
    if (!known) byRecord.set(record, { record, key, score: worth, wishes: [index] });
    else {
      known.score = Math.max(known.score, worth);
      known.wishes.push(index);
    }
  }
  return [...byRecord.values()].sort(byWorth);
};

const byWorth = (one: Ranked, other: Ranked): number =>
  other.score - one.score || compare(one.key, other.key) || compare(one.record, other.record);

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

type Tally = { taken: number; refused: number; floor: number; ceiling: number };

/** How many places each team and each feed has so far. */
const createCounts = (wanted: readonly Wanted[], budget: Budget) => {
  const [teamOf, feedOf] = [openTallies(budget.teams), openTallies(budget.feeds)];
  const parties = wanted.map(({ teamId, feedId }): Parties => ({
    team: teamOf(teamId),
    feed: feedOf(feedId),
  }));
  const at = (wish: number): Parties => parties[wish] ?? { team: NOBODY, feed: NOBODY };
  const isFull = (wish: number): boolean => isAtCeiling(at(wish).team) || isAtCeiling(at(wish).feed);
  const ceilingOf = (wish: number): Cut | null =>
    refusalOf(at(wish).team, "over-team-ceiling") ?? refusalOf(at(wish).feed, "over-feed-ceiling");
  return {
    /** Whether nobody who wants it may have another place. */
    isAtCeiling: ({ wishes }: Ranked): boolean => wishes.every(isFull),
    isBelowFloor: ({ wishes }: Ranked): boolean =>
      wishes.some((wish) => (isBelowFloor(at(wish).team) || isBelowFloor(at(wish).feed)) && !isFull(wish)),
    /** A record takes one place of each team and each feed that wants it; whoever has no more place has no part in it. */
    add: ({ wishes }: Ranked, cuts: (Cut | null)[]): void => {
      const taking = new Set<Tally>();
      for (const wish of wishes) {
        cuts[wish] = ceilingOf(wish);
        if (cuts[wish] === null) taking.add(at(wish).team).add(at(wish).feed);
      }
      for (const party of taking) party.taken += 1;
    },
    refuse: ({ wishes }: Ranked, cuts: (Cut | null)[]): void => {
      for (const wish of wishes) cuts[wish] = ceilingOf(wish);
    },
    ceilingOf,
  };
};

type Parties = { team: Tally; feed: Tally };

const openTallies = (shares: Shares): ((id: string) => Tally) => {
  const tallies = new Map<string, Tally>();
  return (id) => {
    let tally = tallies.get(id);
    if (!tally) {
      const { floor = 0, ceiling = null } = shares[id] ?? {};
      tally = { taken: 0, refused: 0, floor, ceiling: ceiling ?? Number.POSITIVE_INFINITY };
      tallies.set(id, tally);
    }
    return tally;
  };
};

const NOBODY: Tally = { taken: 0, refused: 0, floor: 0, ceiling: Number.POSITIVE_INFINITY };

const isBelowFloor = ({ taken, floor }: Tally): boolean => taken < floor;

const isAtCeiling = ({ taken, ceiling }: Tally): boolean => taken >= ceiling;

/** Counts the refusal, too: the next one is ranked behind it. */
const refusalOf = (tally: Tally, code: Cut["code"]): Cut | null => {
  if (!isAtCeiling(tally)) return null;
  tally.refused += 1;
  return { code, rank: tally.ceiling + tally.refused, cut: tally.ceiling };
};

/**
 * The choice as a team may be told of it whose application cannot see what others have at the destination: with ranks among the
 * team's own records alone.
 */
export const withoutOthers = ({ cuts }: Choice, wanted: readonly Wanted[], teamId: string): Choice => {
  const all = new Set<string>();
  const chosen = new Set<string>();
  const left = new Map<string, number>();
  for (const [index, wish] of wanted.entries()) {
    if (wish.teamId !== teamId) continue;
    all.add(wish.record);
    const cut = cuts[index] ?? null;
    if (cut === null) chosen.add(wish.record);
    else if (cut.code === "over-budget") left.set(wish.record, cut.rank);
  }
  const order = [...left].sort(([, one], [, other]) => one - other);
  const ranks = new Map(order.map(([record], index) => [record, chosen.size + index + 1]));
  return {
    cuts: cuts.map((cut, index) => {
      const rank = ranks.get(wanted[index]?.record ?? "");
      return cut?.code === "over-budget" && rank !== undefined ? { ...cut, rank, cut: chosen.size } : cut;
    }),
    wanted: all.size,
    chosen: chosen.size,
  };
};
