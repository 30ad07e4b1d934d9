import "server-only";

import type { PoolClient } from "pg";

import { isOfLiveNetwork } from "@/lib/db/queries/network-addresses";
import { INDICATOR_TYPES, indicatorTypeCode } from "@/lib/domain/indicator/types";

/** By the number of the indicator's row: what another team says against blocking it, in a sentence. */
export type Disputes = ReadonlyMap<string, string>;

/**
 * What other teams of the installation withdrew, recalled or allow of what a team has live, addresses of its networks among it, or of these values alone. Of them
 * nothing is told but that: no name, no reason. Run it as a step of the system's.
 */
export const readDisputes = async (
  client: PoolClient,
  teamId: string,
  ids: readonly string[] | null = null,
): Promise<Disputes> => {
  const { rows } = await client.query<{ id: string; how: keyof typeof SENTENCES }>(
    `SELECT DISTINCT ON (said.id) said.id, said.how FROM (
       SELECT indicator_id AS id, 'recalled' AS how, 1 AS rank FROM recall_item x JOIN recall r ON r.id = x.recall_id
       WHERE r.team_id <> $1 AND r.lifted_at IS NULL AND NOT r.lapsed AND (r.until IS NULL OR r.until > now())
       UNION ALL
       SELECT indicator_id, 'withdrawn', 2 FROM tombstone WHERE team_id <> $1 AND lifted_at IS NULL
       UNION ALL
       SELECT indicator_id, 'allowed', 3 FROM claim WHERE team_id <> $1 AND action = 'Allowed'
       UNION ALL
       SELECT i.id, 'allowed', 3 FROM allowlist a JOIN allowlist_entry e ON e.allowlist_id = a.id
       CROSS JOIN unnest($3::smallint[]) AS t (type)
       JOIN indicator i ON i.type = t.type AND left(i.value, 200) = left(e.value, 200) AND i.value = e.value
       WHERE a.team_id <> $1 AND a.deleted_at IS NULL AND a.effect <> 'warn' AND NOT e.lapsed
         AND (e.until IS NULL OR e.until > now())
     ) said
     CROSS JOIN LATERAL (SELECT $1::uuid AS team_id, said.id AS indicator_id) own
     WHERE ($2::bigint[] IS NULL OR said.id = ANY ($2)) AND (${isOfLiveNetwork("own")} OR EXISTS (
       SELECT FROM team_indicator mine WHERE mine.team_id = $1 AND mine.indicator_id = said.id AND mine.active))
     ORDER BY said.id, said.rank`,
    [teamId, ids, TYPE_CODES],
  );
  return new Map(rows.map(({ id, how }) => [id, SENTENCES[how]]));
};

const TYPE_CODES = INDICATOR_TYPES.map(indicatorTypeCode);

const SENTENCES = {
  recalled: "Another team of this installation recalled it as wrong.",
  withdrawn: "Another team of this installation withdrew it.",
  allowed: "Another team of this installation has it as allowed.",
};
