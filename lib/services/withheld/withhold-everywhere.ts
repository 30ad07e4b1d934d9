import "server-only";

import { asSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { makeHold, planWithout, type Held } from "./withhold";

/**
 * Holds back a feed in its own team and in every team that subscribes to it. Gives the holds that were made: a team where it is held
 * back already keeps its own. An administrator's.
 */
export const withholdEverywhere = async (
  actor: Actor,
  { feedId, reason, until = null }: { feedId: string; reason: string; until?: Date | null },
): Promise<Held[]> => {
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
  const held: Held[] = [];
  for (const hold of made) held.push({ id: hold.id, notPlanned: await planWithout(actor, hold) });
  await relayOutbox();
  return held;
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
