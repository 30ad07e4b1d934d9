import "server-only";

import { asSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { logger } from "@/lib/observability/logger";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { planTakingBack } from "./plan-taking-back";
import { makeHold } from "./withhold";

/**
 * Holds back a feed in its own team and in every team that subscribes to it. Gives the ids of the holds that were made: a team
 * where it is held back already keeps its own. An administrator's.
 */
export const withholdEverywhere = async (
  actor: Actor,
  { feedId, reason, until = null }: { feedId: string; reason: string; until?: Date | null },
): Promise<string[]> => {
  requireAdministrator(actor, "admin.system");
  const made: { id: string; teamId: string }[] = [];
  for (const { id, team } of await findTakers(feedId))
    try {
      const target = { scope: "feed", id } as const;
      const hold = await makeHold(actor, { ...team, role: "owner" }, { target, reason, until });
      made.push({ id: hold, teamId: team.id });
    } catch (error) {
      if (!(error instanceof AppError && error.code === "conflict")) throw error;
    }
  // Nothing of it goes anywhere any more: only now is what stands planned away, which takes its time.
  for (const hold of made)
    try {
      await planTakingBack(actor, hold);
    } catch (error) {
      // The hold stands, and its page plans anew; one team's trouble is not every team's.
      logger.error({ err: error, withheldId: hold.id }, "What a hold takes back was not planned");
    }
  await relayOutbox();
  return made.map(({ id }) => id);
};

/** The feed itself and every subscription to it, each with its team. */
export const findTakers = async (feedId: string) => {
  const feeds = await asSystem("administration", (tx) =>
    tx.feed.findMany({
      where: { OR: [{ id: feedId }, { sourceFeedId: feedId }], deletedAt: null },
      orderBy: { id: "asc" },
      select: { id: true, team: { select: { id: true, slug: true, name: true } } },
    }),
  );
  if (!feeds.some(({ id }) => id === feedId)) throw new AppError("not_found", "There is no such feed.");
  return feeds;
};
