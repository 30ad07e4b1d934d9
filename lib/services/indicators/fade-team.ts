import "server-only";

import { listFading, writeFading } from "@/lib/db/queries/fading";
import { lockTeam } from "@/lib/db/queries/team-view";
import { bulkAsTeam } from "@/lib/db/scope";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { relayOutbox } from "@/lib/services/outbox/relay-outbox";

/**
 * Writes what of a team's view was halved, has reached its floor or was seen again since it was last written, and has plans follow;
 * what stands as it did is not touched. Gives how many rows changed.
 */
export const fadeTeam = async (teamId: string, now: Date): Promise<number> => {
  const changed = await bulkAsTeam(teamId, async (client) => {
    if ((await listFading(client, teamId, now)) === 0) return 0;
    // Only now: finding them reads much, and no run should wait for that.
    await lockTeam(client, teamId);
    const written = await writeFading(client, teamId, now);
    if (written > 0) await announcePlansSql(client, teamId);
    return written;
  });
  if (changed > 0) await relayOutbox();
  return changed;
};
