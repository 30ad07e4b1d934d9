import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { FEED_SELECT, toFeedView, type FeedView } from "./feed-view";

/** One feed of a team the actor has a part in. A foreign feed and an unknown one are the same `not_found`. */
export const getFeed = async (actor: Actor, feedId: string): Promise<FeedView> => {
  const teamIds = actor.teams.map(({ id }) => id);
  const feed = await asActor(actor, (tx) =>
    tx.feed.findFirst({
      where: { id: feedId, teamId: { in: teamIds }, deletedAt: null },
      select: FEED_SELECT,
    }),
  );
  if (!feed) throw new AppError("not_found", "There is no such feed.");
  return toFeedView(feed);
};
