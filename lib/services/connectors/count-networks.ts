import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { isSmallNetwork } from "@/lib/db/queries/network-addresses";
import { NETWORK_KEY } from "@/lib/db/queries/indicator-keys";
import { asTeam } from "@/lib/db/scope";
import { MOST_ADDRESSES } from "@/lib/domain/indicator/expand";
import type { NetworksOfSize } from "@/lib/domain/indicator/network-cost";
import { indicatorTypeCode, type IndicatorType } from "@/lib/domain/indicator/types";

type Options = {
  /** Null: all. */
  feeds: readonly string[] | null;
  types: readonly IndicatorType[] | null;
};

/**
 * How many small networks a team has that the feeds name and the types take, by their size and that of the smallest other one of
 * them around: what each would cost as its addresses. Smallest first.
 */
export const countNetworks = (teamId: string, { feeds, types }: Options): Promise<NetworksOfSize[]> =>
  asTeam(
    teamId,
    (tx) => tx.$queryRaw<NetworksOfSize[]>`
      WITH small AS (
        SELECT i.id, ${Prisma.raw(NETWORK_KEY)} AS net, (${Prisma.raw(SIZE)})::int AS size
        FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
        WHERE t.team_id = ${teamId}::uuid AND t.type = ANY (${codesOf(types)}::smallint[]) AND t.active
          AND ${Prisma.raw(isSmallNetwork(String(MOST_ADDRESSES)))}
          AND EXISTS (
            SELECT FROM attribution a JOIN feed f ON f.id = a.feed_id
            WHERE a.team_id = t.team_id AND a.indicator_id = t.indicator_id AND a.until_generation IS NULL
              AND NOT (f.store_only OR f.source_store_only)
              AND (${feeds}::uuid[] IS NULL OR a.feed_id = ANY (${feeds}::uuid[])))
      )
      SELECT size, within, count(*)::int AS networks FROM (
        -- So small a network lies in one of few: each that could be around it is looked up by its spelling.
        SELECT s.size, min(around.size) AS within
        FROM small s CROSS JOIN generate_series(1, ${Math.log2(MOST_ADDRESSES)}::int) AS wider (bits)
        LEFT JOIN small around ON around.net = network(set_masklen(s.net, masklen(s.net) - wider.bits))::inet
        GROUP BY s.id, s.size
      ) one GROUP BY 1, 2 ORDER BY 1, 2 NULLS FIRST`,
  );

const SIZE = `2 ^ (CASE i.type WHEN 3 THEN 32 ELSE 128 END - masklen(${NETWORK_KEY}))`;

const NETWORKS = ["ipv4-cidr", "ipv6-cidr"] as const;
const codesOf = (types: Options["types"]): number[] =>
  NETWORKS.filter((type) => types?.includes(type) ?? true).map(indicatorTypeCode);
