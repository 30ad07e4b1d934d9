import "server-only";

import { asTeam } from "@/lib/db/scope";

import { PUSH_SELECT, toPushView, type PushView } from "./push-view";

/** The latest pushes of a connector, newest first. */
export const listPushes = async (
  { id, teamId }: { id: string; teamId: string },
  { limit }: { limit: number },
): Promise<PushView[]> => {
  const pushes = await asTeam(teamId, (tx) =>
    tx.push.findMany({
      where: { connectorId: id, teamId },
      orderBy: { queuedAt: "desc" },
      take: limit,
      select: PUSH_SELECT,
    }),
  );
  return pushes.map(toPushView);
};
