import "server-only";

import { asSystem } from "@/lib/db/scope";

import {
  NO_RUNS,
  readHealthMarks,
  sicknessOf,
  toHealth,
  type Sickness,
} from "@/lib/services/feeds/feed-health";

/** How many feeds of all teams need a person, by why; one with two reasons counts for each. */
export const countSickFeeds = (now: Date): Promise<Record<Sickness, number>> =>
  asSystem("operations", async (tx) => {
    const feeds = await tx.feed.findMany({
      where: { deletedAt: null },
      select: {
        id: true,
        kind: true,
        enabled: true,
        everyMinutes: true,
        cron: true,
        timeZone: true,
        nextRunAt: true,
        staleAfterMinutes: true,
      },
    });
    const marks = await readHealthMarks(
      tx,
      feeds.map(({ id }) => id),
    );
    const counts: Record<Sickness, number> = {
      held: 0,
      failing: 0,
      refused: 0,
      stale: 0,
      overdue: 0,
      barren: 0,
    };
    for (const feed of feeds)
      for (const reason of sicknessOf({ ...feed, ...toHealth(feed, marks.get(feed.id) ?? NO_RUNS, now) }))
        counts[reason] += 1;
    return counts;
  });
