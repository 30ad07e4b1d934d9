import "server-only";

import { asSystem } from "@/lib/db/scope";
import { recallCarryOut } from "@/lib/jobs/recall-carry-out.job";
import { bumpScreening } from "@/lib/services/allowlists/bump-screening";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/** Announces recalls that nobody carried out, whatever became of their job, and follows those whose end has come. */
export const announceRecalls = async (now: Date): Promise<void> => {
  await asSystem("scheduling", async (tx) => {
    const ended = await tx.recall.updateManyAndReturn({
      where: { until: { lte: now }, lapsed: false, liftedAt: null },
      data: { lapsed: true },
      select: { teamId: true },
    });
    for (const teamId of new Set(ended.map((recall) => recall.teamId))) await bumpScreening(tx, teamId);
    const waiting = await tx.recall.findMany({
      where: { carriedOutAt: null, liftedAt: null, lapsed: false },
      select: { id: true },
    });
    for (const { id } of waiting) await announce(tx, recallCarryOut, { recallId: id });
  });
  await relayOutbox();
};
