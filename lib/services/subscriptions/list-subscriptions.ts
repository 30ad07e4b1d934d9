import "server-only";

import { asSystem } from "@/lib/db/scope";
import { can, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { subscriptionPolicySchema, type SubscriptionPolicy } from "@/lib/domain/feed/subscription";

export type SubscriptionView = {
  team: string;
  teamName: string;
  since: Date;
  /** How many of the feed's values the team takes. */
  active: number;
  /** The feed of the kind `subscription` and its policy; null to whoever is not of that team. */
  subscriptionId: string | null;
  policy: SubscriptionPolicy | null;
};

type Row = Omit<SubscriptionView, "policy" | "subscriptionId"> & {
  id: string;
  teamId: string;
  settings: unknown;
};

/**
 * Who takes a feed in: to its owner all teams by name and count, to a subscriber its own teams with their policies. A feed that
 * is neither the actor's nor shared is `not_found`.
 */
export const listSubscriptions = async (actor: Actor, feedId: string): Promise<SubscriptionView[]> => {
  const { feed, rows } = await asSystem("sharing", async (tx) => ({
    feed: await tx.feed.findFirst({
      where: { id: feedId, deletedAt: null },
      select: { teamId: true, visibility: true },
    }),
    rows: await tx.$queryRaw<Row[]>`
      SELECT s.id, s.team_id AS "teamId", team.slug AS team, team.name AS "teamName", s.created_at AS since,
        coalesce(live.active, 0) AS active, s.settings -> 'subscription' AS settings
      FROM feed s JOIN team ON team.id = s.team_id
      LEFT JOIN feed_run live ON live.feed_id = s.id AND live.number = s.live_generation
      WHERE s.source_feed_id = ${feedId}::uuid AND s.deleted_at IS NULL
      ORDER BY lower(team.name)`,
  }));
  const isOwner = feed !== null && can(actor, "feed.read", feed.teamId);
  const isSeen = isOwner || feed?.visibility === "everyone";
  if (!isSeen) throw new AppError("not_found", "There is no such feed among those that you can see.");
  return rows.flatMap(({ id, teamId, settings, ...row }) => {
    const isMine = can(actor, "feed.read", teamId);
    if (!isMine && !isOwner) return [];
    return [
      {
        ...row,
        subscriptionId: isMine ? id : null,
        policy: isMine ? subscriptionPolicySchema.parse(settings ?? {}) : null,
      },
    ];
  });
};
