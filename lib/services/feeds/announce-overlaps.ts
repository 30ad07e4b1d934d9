import "server-only";

import { asSystem } from "@/lib/db/scope";
import { teamOverlap } from "@/lib/jobs/team-overlap.job";
import { announce } from "@/lib/services/outbox/announce";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/** A team whose feeds never stand still is counted no more often than this. */
const AT_MOST_EVERY_MINUTES = 10;
const TEAMS = 500;

/**
 * Announces a count of what feeds have in common for each team whose view has changed since the last one. Changes that follow
 * one another within some minutes are counted once. Call about once a minute.
 */
export const announceOverlaps = async (now: Date): Promise<number> => {
  const since = new Date(now.getTime() - AT_MOST_EVERY_MINUTES * 60_000);
  const due = await asSystem("scheduling", async (tx) => {
    const teams = await tx.$queryRaw<{ id: string }[]>`
      SELECT t.id FROM team t LEFT JOIN team_overlap o ON o.team_id = t.id
      WHERE t.merged_at IS NOT NULL AND t.merged_at IS DISTINCT FROM o.merged_at
        AND (o.computed_at IS NULL OR o.computed_at <= ${since})
      ORDER BY o.computed_at NULLS FIRST LIMIT ${TEAMS}`;
    for (const { id } of teams) await announce(tx, teamOverlap, { teamId: id });
    return teams.length;
  });
  if (due > 0) await relayOutbox();
  return due;
};
