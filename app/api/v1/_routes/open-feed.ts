import { requireInTeam } from "@/lib/auth/require";
import type { Actor } from "@/lib/domain/access/actor";
import type { TeamPermission } from "@/lib/domain/access/permissions";
import { getFeed } from "@/lib/services/feeds/get-feed";

/** The feed that a path names. A foreign one and an unknown one are the same 404; a role that may not is 403. */
export const openFeed = async (actor: Actor, feedId: string, permission: TeamPermission) => {
  const feed = await getFeed(actor, feedId);
  requireInTeam(actor, permission, feed.teamId, "feed");
  return feed;
};
