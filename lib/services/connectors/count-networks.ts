import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { isSmallNetwork } from "@/lib/db/queries/network-addresses";
import { NETWORK_KEY } from "@/lib/db/queries/indicator-keys";
import { asTeam } from "@/lib/db/scope";
import { MOST_ADDRESSES } from "@/lib/domain/indicator/expand";

/** So many live networks of a team have so many addresses each. */
export type NetworksOfSize = { size: number; networks: number };

/** How many small networks a team has, by their size: what each would cost as its addresses. Smallest first. */
export const countNetworks = (teamId: string): Promise<NetworksOfSize[]> =>
  asTeam(
    teamId,
    (tx) => tx.$queryRaw<NetworksOfSize[]>`
      SELECT ${Prisma.raw(SIZE)}::int AS size, count(*)::int AS networks
      FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
      WHERE t.team_id = ${teamId}::uuid AND t.type IN (3, 4) AND t.active
        AND ${Prisma.raw(isSmallNetwork(String(MOST_ADDRESSES)))}
      GROUP BY 1 ORDER BY 1`,
  );

const SIZE = `2 ^ (CASE i.type WHEN 3 THEN 32 ELSE 128 END - masklen(${NETWORK_KEY}))`;
