import "server-only";

import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

/** The feeds of a team by name, to choose from; how they fare is a question of its own and costs more (`listFeeds`). */
export const listFeedNames = (
  actor: Actor,
  { teamId, limit }: { teamId: string; limit: number },
): Promise<{ id: string; name: string }[]> =>
  asActor(actor, (tx) =>
    tx.feed.findMany({
      where: { teamId, deletedAt: null },
      orderBy: { name: "asc" },
      take: limit,
      select: { id: true, name: true },
    }),
  );
