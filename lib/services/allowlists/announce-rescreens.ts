import "server-only";

import { asSystem } from "@/lib/db/scope";
import { teamRescreen } from "@/lib/jobs/team-rescreen.job";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

import { bumpScreening } from "./bump-screening";

/**
 * Follows entries whose end has come, and announces every team that is screened by what stands no longer, whatever became of
 * the job that was to see to it.
 */
export const announceRescreens = async (now: Date): Promise<void> => {
  const due = await asSystem("scheduling", async (tx) => {
    const lapsed = await tx.allowlistEntry.updateManyAndReturn({
      where: { until: { lte: now }, lapsed: false },
      data: { lapsed: true },
      select: { teamId: true },
    });
    for (const teamId of new Set(lapsed.map((entry) => entry.teamId))) await bumpScreening(tx, teamId);
    const teams = await tx.team.findMany({
      where: { screenedVersion: { not: { equals: tx.team.fields.screeningVersion } } },
      select: { id: true },
      take: TEAMS,
    });
    for (const { id } of teams) await announce(tx, teamRescreen, { teamId: id });
    return teams.length;
  });
  if (due > 0) await relayOutbox();
};

const TEAMS = 500;
