import "server-only";

import type { PoolClient } from "pg";

import { unansweredItems } from "@/lib/db/queries/unanswered-items";

import type { PlanningConnector } from "./planning-connector";
import { partSql } from "./part-numbers";

/**
 * A digest of each part of what a connector's verdicts rest on row by row: which versions of which rows there are. Whatever is
 * written to one of them, in whichever column, is another version; the rest is the plan's background.
 */
export const readDigests = async (
  client: PoolClient,
  { id, teamId }: PlanningConnector,
  feedIds: readonly string[],
): Promise<ReadonlyMap<number, string>> => {
  const { rows } = await client.query<{ part: number; digest: string }>(
    `SELECT part, bit_xor(version)::text AS digest FROM (
       ${versions("team_indicator", "team_id = $1 AND active")}
       UNION ALL
       -- By feed, since no index leads from a team to what its feeds say.
       ${versions("attribution", "feed_id = ANY ($3::uuid[]) AND team_id = $1 AND until_generation IS NULL")}
       UNION ALL
       ${versions("tombstone", "team_id = $1 AND lifted_at IS NULL")}
       UNION ALL
       ${versions("claim", "connector_id = $2 AND team_id = $1")}
       UNION ALL
       ${versions("receipt", "connector_id = $2 AND team_id = $1 AND drift IS NOT NULL")}
       UNION ALL
       ${versions("receipt", "connector_id = $2 AND team_id = $1 AND drift IS NULL AND state = 'failed'")}
       UNION ALL
       ${versions("record_override", "connector_id = $2 AND team_id = $1")}
       UNION ALL
       SELECT ${partSql("u.indicator_id")}, hash_record_extended(ROW(u.push_id, u.indicator_id), 0) FROM ${unansweredItems("$2")} u
     ) row GROUP BY part`,
    [teamId, id, feedIds],
  );
  return new Map(rows.map(({ part, digest }) => [part, digest]));
};

const versions = (table: string, condition: string): string =>
  `SELECT ${partSql("indicator_id")} AS part, ${versionSql(table)} AS version FROM ${table} WHERE ${condition}`;

/** One row's version as a number: where it lies and which transaction put it there. */
export const versionSql = (row: string): string =>
  `hash_record_extended(ROW(${row}.tableoid, ${row}.ctid, ${row}.xmin), 0)`;
