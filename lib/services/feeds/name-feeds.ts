import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

/** A feed that something refers to; `isGone`: it was deleted, or its owner shares it no longer. */
export type NamedFeed = { id: string; name: string; isGone: boolean };

/** What a team's feeds are called, those that are gone as well, by name; what was never the team's is left out. */
export const nameFeeds = async (
  actor: Actor,
  { teamId, ids }: { teamId: string; ids: readonly string[] },
): Promise<NamedFeed[]> => {
  if (ids.length === 0) return [];
  const feeds = await asActor(actor, (tx) =>
    tx.feed.findMany({
      where: { teamId, id: { in: [...ids] } },
      orderBy: { name: "asc" },
      select: { id: true, name: true, deletedAt: true },
    }),
  );
  return feeds.map(({ deletedAt, ...feed }) => ({ ...feed, isGone: deletedAt !== null }));
};
