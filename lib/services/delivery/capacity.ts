import "server-only";

import { DEFENDER_LIMITS } from "@/lib/connectors/defender/limits";
import { asSystem } from "@/lib/db/scope";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { describeCapacity, knownCapacitySchema, type Capacity } from "@/lib/domain/delivery/capacity";

type Options = { destinationId: string; teamId: string; kind: ConnectorKind };

/**
 * A destination's fill as one team may see it; null where the vendor states no limit. Ours are counted from what the
 * destination answered, others only where an application of the team could see them.
 */
export const getCapacity = async ({ destinationId, teamId, kind }: Options): Promise<Capacity | null> => {
  if (kind === "sentinel") return null;
  return asSystem("delivery", async (tx) => {
    const { capacity } = await tx.destination.findUniqueOrThrow({
      where: { id: destinationId },
      select: { capacity: true },
    });
    const parsed = knownCapacitySchema.safeParse(capacity);
    const connectors = await tx.connector.findMany({
      where: { destinationId, teamId, deletedAt: null },
      select: { clientId: true },
    });
    const live = { destinationId, state: { in: ["live", "orphaned"] } } as const;
    const [ours, all] = await Promise.all([
      tx.remoteRecord.count({ where: { ...live, claims: { some: { teamId } } } }),
      tx.remoteRecord.count({ where: live }),
    ]);
    return describeCapacity({
      known: parsed.success ? parsed.data : { ...UNKNOWN, limit: DEFENDER_LIMITS.capacity },
      clientIds: connectors.map(({ clientId }) => clientId),
      ours,
      otherTeams: all - ours,
    });
  });
};

const UNKNOWN = { total: null, foreign: null, readAt: null, readBy: null };
