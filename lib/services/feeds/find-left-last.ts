import "server-only";

import type { Tx } from "@/lib/db/client";

/**
 * The number of the run of a feed that a rollback left last and that nothing has taken the place of since: the one to which it can go
 * forward again. Null for none.
 */
export const findLeftLast = async (
  tx: Tx,
  { feedId, teamId }: { feedId: string; teamId: string },
): Promise<number | null> => {
  const { liveGeneration } = await tx.feed.findUniqueOrThrow({
    where: { id: feedId, teamId },
    select: { liveGeneration: true },
  });
  const left = await tx.feedRun.findFirst({
    where: { feedId, teamId, state: "rolled_back", number: { gt: liveGeneration } },
    orderBy: [{ decidedAt: "desc" }, { number: "asc" }],
    select: { number: true },
  });
  return left?.number ?? null;
};
