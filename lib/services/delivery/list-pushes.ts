import "server-only";

import { asTeam } from "@/lib/db/scope";

import { PUSH_SELECT, toPushView, type PushView } from "./push-view";

/** The place of a push in its list. */
type Place = { at: Date; id: string };

type Options = {
  limit: number;
  /** The `next` of the page before. */
  after: Place | null;
};

/** A connector's pushes, newest first. */
export const listPushes = async (
  { id, teamId }: { id: string; teamId: string },
  { limit, after }: Options,
): Promise<{ pushes: PushView[]; next: Place | null }> => {
  const rows = await asTeam(teamId, (tx) =>
    tx.push.findMany({
      where: {
        connectorId: id,
        teamId,
        ...(after && { OR: [{ queuedAt: { lt: after.at } }, { queuedAt: after.at, id: { lt: after.id } }] }),
      },
      orderBy: [{ queuedAt: "desc" }, { id: "desc" }],
      take: limit + 1,
      select: PUSH_SELECT,
    }),
  );
  const page = rows.slice(0, limit);
  const last = rows.length > limit ? page.at(-1) : undefined;
  return { pushes: page.map(toPushView), next: last ? { at: last.queuedAt, id: last.id } : null };
};
