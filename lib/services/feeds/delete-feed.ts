import "server-only";

import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { recordAuditSql } from "@/lib/services/audit/record-audit";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { recordEnd } from "@/lib/services/subscriptions/record-end";

import { closeFeed } from "./close-feed";

/**
 * Takes a feed out: it fetches no more and vouches for nothing from now on; what no other feed of the team vouches
 * for leaves with the next plan. Its runs stay readable, its subscriptions end. Returns how many values it let go of.
 */
export const deleteFeed = async (
  actor: Actor,
  { id, teamId }: { id: string; teamId: string },
): Promise<{ removed: number }> => {
  const removed = await bulkAsTeam(teamId, async (client) => {
    const now = new Date();
    const feed = await closeFeed(client, { id, teamId, requestedBy: actor.userId, now });
    if (feed.kind === "local") {
      throw new AppError("invalid_input", "A team's own list stays; withdraw its indicators instead.");
    }
    const doer = asDoer(actor);
    if (feed.sourceFeedId !== null)
      await recordEnd(client, {
        ...feed,
        id,
        teamId,
        sourceFeedId: feed.sourceFeedId,
        doer,
        reason: null,
        now,
      });
    else
      await recordAuditSql(
        client,
        {
          teamId,
          doer,
          action: "feed.delete",
          subject: { type: "feed", id },
          detail: { name: feed.name, removed: feed.removed },
        },
        now,
      );
    return feed.removed;
  });
  await relayOutbox();
  return { removed };
};
