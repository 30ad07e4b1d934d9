import "server-only";

import { asTeam } from "@/lib/db/scope";

/** Whether the team's indicators changed since a connector's newest whole plan was made, or that one is stale; where there is none, it is. */
export const isPlanBehind = ({ id, teamId }: { id: string; teamId: string }): Promise<boolean> =>
  asTeam(teamId, async (tx) => {
    const team = await tx.team.findUnique({ where: { id: teamId }, select: { changeCount: true } });
    const newest = await tx.plan.findFirst({
      where: { connectorId: id, teamId, partial: false, supersededAt: null },
      orderBy: { createdAt: "desc" },
      select: { changesSeen: true, state: true },
    });
    if (newest?.state === "stale") return true;
    return (newest?.changesSeen ?? 0) < (team?.changeCount ?? 0);
  });
