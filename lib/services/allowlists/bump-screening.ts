import "server-only";

import { teamRescreen } from "@/lib/jobs/team-rescreen.job";
import type { Tx } from "@/lib/db/client";
import { announce } from "@/lib/services/outbox/announce";

/**
 * Notes, in the transaction that changed what a team's values are screened by, that all of them must be screened anew. Null:
 * every team's, which only the system role may write.
 */
export const bumpScreening = async (tx: Tx, teamId: string | null): Promise<void> => {
  const teams = await tx.team.updateManyAndReturn({
    where: teamId === null ? {} : { id: teamId },
    data: { screeningVersion: { increment: 1 } },
    select: { id: true },
  });
  for (const { id } of teams) await announce(tx, teamRescreen, { teamId: id });
};
