import "server-only";

import { asTeam } from "@/lib/db/scope";

import { findLeftLast } from "./find-left-last";
import { RUN_SELECT, toRunView, type RunView } from "./run-view";

export type Generations = {
  /** The number of the live generation; 0: none. */
  liveNumber: number;
  /** Whether the live one can be left: the feed still stands and is one that is fetched. */
  canRollBack: boolean;
  /** The number of the run that a rollback left last, which can be made live again while its list is kept; null: none. */
  leftLast: number | null;
  /** Runs that hold rows of their own, newest first: those that were live, and those that a person had to look at. */
  runs: RunView[];
};

const LIMIT = 30;

/** The runs of a feed that can be looked at and compared, its last thirty; also of a feed that was taken out. */
export const listGenerations = (feed: { id: string; teamId: string }): Promise<Generations> =>
  asTeam(feed.teamId, async (tx) => {
    const { kind, deletedAt, liveGeneration } = await tx.feed.findUniqueOrThrow({
      where: { id: feed.id, teamId: feed.teamId },
      select: { kind: true, deletedAt: true, liveGeneration: true },
    });
    const rows = await tx.feedRun.findMany({
      where: {
        feedId: feed.id,
        teamId: feed.teamId,
        trigger: { not: "deleted" },
        OR: [{ state: "succeeded" }, { bodyId: { not: null } }],
      },
      orderBy: { number: "desc" },
      take: LIMIT,
      select: RUN_SELECT,
    });
    const canRollBack = deletedAt === null && kind !== "local" && kind !== "subscription";
    return {
      liveNumber: liveGeneration,
      canRollBack,
      leftLast: canRollBack ? await findLeftLast(tx, { feedId: feed.id, teamId: feed.teamId }) : null,
      runs: rows.map(toRunView),
    };
  });
