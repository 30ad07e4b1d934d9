import "server-only";

import { asSystem, asTeam } from "@/lib/db/scope";
import type { Tx } from "@/lib/db/client";

/** What has been applied and has not left yet: so many pushes, with so many items of them. */
export type WaitingToLeave = { pushes: number; items: number };

/** What of a connector waits to leave. */
export const countWaitingAt = ({ id, teamId }: { id: string; teamId: string }): Promise<WaitingToLeave> =>
  asTeam(teamId, (tx) => count(tx, id));

/** What waits to leave in the whole installation, in numbers alone. For administrators' pages. */
export const countAllWaiting = (): Promise<WaitingToLeave> =>
  asSystem("administration", (tx) => count(tx, null));

const count = async (tx: Tx, connectorId: string | null): Promise<WaitingToLeave> => {
  const [waiting] = await tx.$queryRaw<WaitingToLeave[]>`
    SELECT count(DISTINCT p.id)::int AS pushes, count(*)::int AS items
    FROM push p JOIN push_item i ON i.push_id = p.id AND i.state IN ('pending', 'sending') AND NOT i.overtaken
    WHERE p.state IN ('queued', 'running') AND (${connectorId}::uuid IS NULL OR p.connector_id = ${connectorId}::uuid)`;
  return waiting ?? { pushes: 0, items: 0 };
};
