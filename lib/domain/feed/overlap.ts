import { z } from "zod";

/** So many values are vouched for by exactly these feeds, of which `first` alone had them before the others; null: several did. */
export type SharedGroup = { feeds: readonly string[]; first: string | null; count: number };

const feedSchema = z.object({
  feedId: z.string(),
  /** Values that it vouches for, and those of them that no other feed of the team does. */
  values: z.number(),
  unique: z.number(),
  /** Of the values that others have, too, those that it had before all of them. */
  first: z.number(),
});
const pairSchema = z.object({ one: z.string(), other: z.string(), shared: z.number() });

/** What a team's feeds have in common, as it is stored. Pairs without a common value are left out. */
export const overlapSchema = z.object({
  /** Distinct values of all feeds together. */
  values: z.number(),
  feeds: z.array(feedSchema),
  pairs: z.array(pairSchema),
});
export type Overlap = z.output<typeof overlapSchema>;

/** Counts feeds and their pairs from groups, each of which is a set of feeds with the number of values that exactly they have. */
export const toOverlap = (groups: Iterable<SharedGroup>): Overlap => {
  const feeds = new Map<string, z.output<typeof feedSchema>>();
  const pairs = new Map<string, z.output<typeof pairSchema>>();
  let values = 0;
  for (const group of groups) {
    values += group.count;
    const ids = group.feeds.toSorted();
    for (const [place, feedId] of ids.entries()) {
      const feed = feeds.get(feedId) ?? { feedId, values: 0, unique: 0, first: 0 };
      feeds.set(feedId, feed);
      feed.values += group.count;
      if (ids.length === 1) feed.unique += group.count;
      else if (group.first === feedId) feed.first += group.count;
      for (const other of ids.slice(place + 1)) {
        const key = `${feedId} ${other}`;
        const pair = pairs.get(key) ?? { one: feedId, other, shared: 0 };
        pairs.set(key, pair);
        pair.shared += group.count;
      }
    }
  }
  return { values, feeds: [...feeds.values()], pairs: [...pairs.values()] };
};
