import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { deleteFeed } from "@/lib/services/feeds/delete-feed";

/**
 * Ends a subscription to a feed; its values leave with the next plan. `teamIds` are those that the actor may change: exactly
 * one of them must have one. Returns how many values it let go of.
 */
export const unsubscribe = async (
  actor: Actor,
  { feedId, teamIds }: { feedId: string; teamIds: readonly string[] },
): Promise<{ removed: number }> => {
  const [subscription, other] = await asActor(actor, (tx) =>
    tx.feed.findMany({
      where: { teamId: { in: [...teamIds] }, sourceFeedId: feedId, deletedAt: null },
      take: 2,
      select: { id: true, teamId: true },
    }),
  );
  if (!subscription)
    throw new AppError("not_found", "There is no subscription to this feed that you can end.");
  if (other) {
    const detail = "Several of your teams have subscribed to it. Say whose subscription ends.";
    throw new AppError("invalid_input", detail, { fields: [{ pointer: "/team", detail }] });
  }
  return deleteFeed(actor, subscription);
};
