import { PROPERTIES, type Weights } from "./budget-settings";
import type { Points } from "./score";

/** One connector's wish for one record at a destination. */
type Wish = {
  /** Tells records at the destination apart: wishes of several connectors for one record share its place. */
  record: number;
  /** The public id of the indicator, or of the network that it is part of: it decides between equal scores. */
  key: string;
  teamId: string;
  /** The surest feed that names it. */
  feedId: string;
  points: Points;
};

/**
 * Wishes column by column, since there may be a million of them: each takes 27 bytes, and as an object it took ten times that.
 * Of the public id half is kept, which tells two apart as well as the whole.
 */
export type Wishes = {
  readonly length: number;
  readonly records: Float64Array;
  readonly keysHigh: Uint32Array;
  readonly keysLow: Uint32Array;
  /** What speaks for each, property by property: so many times as many as there are wishes. */
  readonly points: Uint8Array;
  /** Places in `teamIds` and `feedIds`. */
  readonly teams: Uint16Array;
  readonly feeds: Uint32Array;
  readonly teamIds: readonly string[];
  readonly feedIds: readonly string[];
};

/** A wish as it is kept: of its public id the first 32 bits and 32 of the next ones, of its points each. */
export type KeptWish = {
  record: number;
  keyHigh: number;
  keyLow: number;
  teamId: string;
  feedId: string;
  points: Uint8Array;
};

export type WishBook = {
  wishes: () => Wishes;
  /** Gives its place. */
  add: (wish: Wish) => number;
  /** The same for one that was kept. */
  put: (wish: KeptWish) => number;
  /** Forgets all behind the first so many. */
  keepFirst: (length: number) => void;
};

/** Collects wishes; what was collected is read from the same columns, so nothing is added behind a reader. */
export const createWishes = (): WishBook => {
  let columns = makeColumns(FEWEST);
  let length = 0;
  const [teamOf, teamIds] = createNames();
  const [feedOf, feedIds] = createNames();
  /** Makes room for one more, with all of it but what speaks for it. */
  const open = ({ record, keyHigh, keyLow, teamId, feedId }: Omit<KeptWish, "points">): number => {
    if (length === columns.records.length) columns = grow(columns);
    columns.records[length] = record;
    columns.keysHigh[length] = keyHigh;
    columns.keysLow[length] = keyLow;
    columns.teams[length] = teamOf(teamId);
    columns.feeds[length] = feedOf(feedId);
    return length++;
  };
  return {
    put: (wish) => {
      const place = open(wish);
      columns.points.set(wish.points, place * EACH);
      return place;
    },
    add: ({ record, key, teamId, feedId, points }) => {
      const keyHigh = Number.parseInt(key.slice(0, 8), 16);
      const keyLow = Number.parseInt(key.slice(9, 13) + key.slice(14, 18), 16);
      const place = open({ record, keyHigh, keyLow, teamId, feedId });
      let at = place * EACH;
      for (const name of PROPERTIES) columns.points[at++] = points[name];
      return place;
    },
    keepFirst: (kept) => {
      length = kept;
    },
    wishes: () => ({ ...columns, length, teamIds, feedIds }),
  };
};

/** What speaks for one of them, as one number: a byte for each property, in their order. */
export const packedPoints = ({ points }: Wishes, wish: number): number => {
  let packed = 0;
  for (let place = wish * EACH; place < (wish + 1) * EACH; place += 1)
    packed = packed * 256 + (points[place] ?? 0);
  return packed;
};

/** How much each is worth where so much weighs so much. */
export const weighAll = ({ length, points }: Wishes, weights: Weights): Int32Array => {
  const scores = new Int32Array(length);
  PROPERTIES.forEach((name, place) => {
    const weight = weights[name];
    for (let wish = 0; wish < length; wish += 1)
      scores[wish] = (scores[wish] ?? 0) + weight * (points[wish * EACH + place] ?? 0);
  });
  return scores;
};

/** So many properties does each have. */
const EACH = PROPERTIES.length;
const FEWEST = 1_024;

const makeColumns = (room: number) => ({
  records: new Float64Array(room),
  keysHigh: new Uint32Array(room),
  keysLow: new Uint32Array(room),
  points: new Uint8Array(room * EACH),
  teams: new Uint16Array(room),
  feeds: new Uint32Array(room),
});

type Columns = ReturnType<typeof makeColumns>;

const grow = (columns: Columns): Columns => {
  const larger = makeColumns(Math.ceil(columns.records.length * 1.5));
  larger.records.set(columns.records);
  larger.keysHigh.set(columns.keysHigh);
  larger.keysLow.set(columns.keysLow);
  larger.points.set(columns.points);
  larger.teams.set(columns.teams);
  larger.feeds.set(columns.feeds);
  return larger;
};

/** Numbers for names, from 0 in the order in which they come. */
const createNames = (): [(name: string) => number, readonly string[]] => {
  const numbers = new Map<string, number>();
  const names: string[] = [];
  const numberOf = (name: string): number => {
    let number = numbers.get(name);
    if (number === undefined) {
      number = names.push(name) - 1;
      numbers.set(name, number);
    }
    return number;
  };
  return [numberOf, names];
};
