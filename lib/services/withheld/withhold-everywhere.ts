import "server-only";

import { asSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import { requireAdministrator } from "@/lib/services/people/privilege";

import { withhold } from "./withhold";

/**
 * Holds back a feed in its own team and in every team that subscribes to it. Gives the ids of the holds that were made: a team
 * where it is held back already keeps its own. An administrator's.
 */
export const withholdEverywhere = async (
  actor: Actor,
  { feedId, reason }: { feedId: string; reason: string },
): Promise<string[]> => {
  requireAdministrator(actor, "admin.system");
  const feeds = await asSystem("administration", (tx) =>
    tx.feed.findMany({
      where: { OR: [{ id: feedId }, { sourceFeedId: feedId }], deletedAt: null },
      orderBy: { id: "asc" },
      select: { id: true, team: { select: { id: true, slug: true, name: true } } },
    }),
  );
  if (!feeds.some(({ id }) => id === feedId)) throw new AppError("not_found", "There is no such feed.");
  const made: string[] = [];
  for (const { id, team } of feeds)
    try {
      const target = { scope: "feed", id } as const;
      made.push(await withhold(actor, { ...team, role: "owner" }, { target, reason }));
    } catch (error) {
      if (!(error instanceof AppError && error.code === "conflict")) throw error;
    }
  return made;
};
