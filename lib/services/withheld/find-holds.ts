import "server-only";

import type { Actor } from "@/lib/domain/access/actor";

import { listWithheld, type WithheldView } from "./list-withheld";

type Wanted = { teamId: string; feedId: string; runId?: string };

/** What stands held back of a feed as a whole, of all the team has, and of one run where that is asked for. */
export const findHolds = async (
  actor: Actor,
  { teamId, feedId, runId }: Wanted,
): Promise<{ ofAll: WithheldView[]; ofRun: WithheldView | null }> => {
  const standing = (await listWithheld(actor, [teamId])).filter(({ liftedAt }) => liftedAt === null);
  return {
    ofAll: standing.filter((one) => one.scope === "team" || (one.scope === "feed" && one.feedId === feedId)),
    ofRun: standing.find((one) => one.scope === "run" && one.runId === runId) ?? null,
  };
};
