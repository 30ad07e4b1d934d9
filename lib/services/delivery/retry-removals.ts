import "server-only";

import { bulkAsSystem } from "@/lib/db/scope";
import { SYSTEM } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";

import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { MOST_REMOVALS } from "./read-back";

/**
 * Has what is shown long after its removal was accepted removed another way, ahead of ordinary pushes and whatever the connector's
 * mode, paused or not: that it goes was decided already. Gives how many. Safe to call at any time: what is under way is left alone.
 */
export const retryRemovals = async (connectorId: string): Promise<number> => {
  const found = await findShown(connectorId);
  if (found === null) return 0;
  const { teamId, ids } = found;
  const only = { ids, operations: "remove" } as const;
  const { id, hash, counts } = await createPlan({ connectorId, teamId, doer: SYSTEM, only, isDecided: true });
  if (counts.remove === 0) return 0;
  try {
    await applyPlan({ planId: id, teamId, hash, doer: SYSTEM, isDecided: true });
  } catch (error) {
    // Somebody changed something in between; the next look at the destination comes back to it.
    if (error instanceof AppError && (error.code === "stale" || error.code === "conflict")) return 0;
    throw error;
  }
  return counts.remove;
};

const findShown = (connectorId: string): Promise<{ teamId: string; ids: string[] } | null> =>
  bulkAsSystem("delivery", async (client) => {
    const { rows } = await client.query<{ teamId: string; id: string }>(
      `SELECT r.team_id AS "teamId", r.indicator_id AS id FROM receipt r
       JOIN connector c ON c.id = r.connector_id AND c.deleted_at IS NULL
       WHERE r.connector_id = $1 AND r.still_shown AND r.state = 'withdrawing' AND r.removal_tries < $2
         AND NOT EXISTS (
           SELECT FROM push p JOIN push_item i ON i.push_id = p.id AND i.indicator_id = r.indicator_id
           WHERE p.connector_id = r.connector_id AND p.state IN ('queued', 'running') AND i.state IN ('pending', 'sending'))
       ORDER BY r.indicator_id`,
      [connectorId, MOST_REMOVALS],
    );
    const [first] = rows;
    return first ? { teamId: first.teamId, ids: rows.map(({ id }) => id) } : null;
  });
