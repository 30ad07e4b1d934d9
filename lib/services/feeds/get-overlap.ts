import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { overlapSchema } from "@/lib/domain/feed/overlap";
import type { FeedKind } from "@/lib/domain/feed/feed";

import { toFeedKind } from "./feed-view";

export type FeedOverlap = {
  /** When it was counted; a count follows changes within some minutes. */
  asOf: Date;
  /** Distinct values of all feeds together. */
  values: number;
  feeds: OverlapFeed[];
  pairs: { one: string; other: string; shared: number }[];
};
type OverlapFeed = {
  id: string;
  name: string;
  kind: FeedKind;
  values: number;
  /** Of these, what no other feed of the team has. */
  unique: number;
  /** Of what others have, too, what this one had before all of them. */
  first: number;
};

/**
 * What the feeds of a team have in common, subscriptions included, as last counted, the largest feed first; null before the
 * first count. Feeds of other teams are neither counted nor told apart in it.
 */
export const getOverlap = (actor: Actor, teamId: string): Promise<FeedOverlap | null> =>
  asActor(actor, async (tx) => {
    const stored = await tx.teamOverlap.findUnique({
      where: { teamId },
      select: { computedAt: true, result: true },
    });
    if (!stored) return null;
    const rows = await tx.feed.findMany({
      where: { teamId, deletedAt: null },
      select: { id: true, name: true, kind: true },
    });
    const { values, feeds, pairs } = overlapSchema.parse(stored.result);
    const counted = new Map(feeds.map((feed) => [feed.feedId, feed]));
    const named = rows.map(({ id, name, kind }) => {
      const { values: own = 0, unique = 0, first = 0 } = counted.get(id) ?? {};
      return { id, name, kind: toFeedKind(kind), values: own, unique, first };
    });
    const ids = new Set(rows.map(({ id }) => id));
    return {
      asOf: stored.computedAt,
      values,
      feeds: named.sort((a, b) => b.values - a.values || a.name.localeCompare(b.name)),
      pairs: pairs.filter(({ one, other }) => ids.has(one) && ids.has(other)),
    };
  });
