import "server-only";

import { asSystem } from "@/lib/db/scope";
import { describeCapacity, type Capacity } from "@/lib/domain/delivery/capacity";
import { noConnector } from "@/lib/services/connectors/get-connector";

import { readSettings } from "@/lib/services/budget/budget-settings";
import { parseCapacity } from "./note-capacity";

/**
 * The fill of a connector's destination as its team may see it; null where the vendor states no limit. Ours are counted from
 * what the destination answered, others only where an application of the team could see them.
 */
export const getCapacity = async ({ id, teamId }: { id: string; teamId: string }): Promise<Capacity | null> =>
  // Other teams' records are counted, never shown.
  asSystem("delivery", async (tx) => {
    const connector = await tx.connector.findFirst({
      where: { id, teamId, deletedAt: null },
      select: {
        kind: true,
        lookedAt: true,
        destinationId: true,
        destination: { select: { capacity: true, budget: true } },
      },
    });
    if (!connector) throw noConnector();
    if (connector.kind === "sentinel") return null;
    const { destinationId, destination } = connector;
    const connectors = await tx.connector.findMany({
      where: { destinationId, teamId, deletedAt: null },
      select: { clientId: true },
    });
    const [counts] = await tx.$queryRaw<{ ours: bigint; total: bigint }[]>`
      SELECT count(*) AS total, count(*) FILTER (WHERE EXISTS (
        SELECT FROM claim c WHERE c.record_id = r.id AND c.team_id = ${teamId}::uuid)) AS ours
      FROM remote_record r WHERE r.destination_id = ${destinationId}::uuid AND r.state IN ('live', 'orphaned')`;
    const ours = Number(counts?.ours ?? 0);
    return describeCapacity({
      known: parseCapacity(destination.capacity),
      clientIds: connectors.map(({ clientId }) => clientId),
      ours,
      otherTeams: Number(counts?.total ?? 0) - ours,
      headroom: readSettings(destination.budget).headroom,
      isUnread: connector.lookedAt === null,
    });
  });
