import "server-only";

import type { PoolClient } from "pg";

import { unansweredItems } from "@/lib/db/queries/unanswered-items";

import type { PlanningConnector } from "./planning-connector";
import { firstOf, partSql } from "./part-numbers";

/** Gives the ids after the given one, in order, at most so many. */
export type IdSource = (after: string, limit: number) => Promise<string[]>;

/** The ids that a query gives, in its order: as one text they cost half of what as many rows would. */
const readIds = async (client: PoolClient, query: string, values: readonly unknown[]): Promise<string[]> => {
  const { rows } = await client.query<{ ids: string | null }>(
    `SELECT string_agg(id::text, ',') AS ids FROM (${query}) one`,
    [...values],
  );
  return rows[0]?.ids?.split(",") ?? [];
};

/** All that the team has live, and all of the connector's that stands at the destination or may. */
export const allCandidateIds =
  (client: PoolClient, { id, teamId }: PlanningConnector): IdSource =>
  (after, limit) =>
    readIds(
      client,
      `SELECT id FROM (
         (SELECT indicator_id AS id FROM team_indicator
          WHERE team_id = $1 AND active AND indicator_id > $3 ORDER BY indicator_id LIMIT $4)
         UNION
         (SELECT indicator_id FROM claim WHERE connector_id = $2 AND team_id = $1 AND indicator_id > $3 ORDER BY indicator_id LIMIT $4)
         UNION
         (SELECT indicator_id FROM ${unansweredItems("$2")} u WHERE indicator_id > $3 ORDER BY indicator_id LIMIT $4)
       ) either ORDER BY id LIMIT $4`,
      [teamId, id, after, limit],
    );

/** Those of them that are in the given parts, which come in order. */
export const candidateIdsIn =
  (client: PoolClient, { id, teamId }: PlanningConnector, parts: readonly number[]): IdSource =>
  async (after, limit) => {
    const [first, last] = [parts[0], parts.at(-1)];
    if (first === undefined || last === undefined) return [];
    const isIn = `AND indicator_id > $3 AND indicator_id < $5 AND ${partSql("indicator_id")} = ANY ($6::int[])`;
    return readIds(
      client,
      `SELECT id FROM (
         (SELECT indicator_id AS id FROM team_indicator WHERE team_id = $1 AND active ${isIn} ORDER BY indicator_id LIMIT $4)
         UNION
         (SELECT indicator_id FROM claim WHERE connector_id = $2 AND team_id = $1 ${isIn} ORDER BY indicator_id LIMIT $4)
         UNION
         (SELECT indicator_id FROM ${unansweredItems("$2")} u WHERE true ${isIn} ORDER BY indicator_id LIMIT $4)
       ) either ORDER BY id LIMIT $4`,
      [teamId, id, Math.max(Number(after), firstOf(first) - 1), limit, firstOf(last + 1), parts],
    );
  };

/** Those that are given, in ascending order, each once. */
export const listedIds = (ids: readonly string[]): IdSource => {
  let next = 0;
  return (_after, limit) => {
    const page = ids.slice(next, next + limit);
    next += page.length;
    return Promise.resolve(page);
  };
};

/** What a source gives and what is listed in ascending order, each once. */
export const withListed = (source: IdSource, listed: readonly string[]): IdSource => {
  const others = listed.map(BigInt);
  return async (after, limit) => {
    const start = others.findIndex((id) => id > BigInt(after));
    const beside = start === -1 ? [] : others.slice(start, start + limit);
    const page = await source(after, limit);
    if (beside.length === 0) return page;
    const all = [...new Set([...page.map(BigInt), ...beside])].sort((one, other) => Number(one - other));
    return all.slice(0, limit).map(String);
  };
};

/** All of the connector's that stands at the destination or may. */
export const standingIds =
  (client: PoolClient, { id, teamId }: PlanningConnector): IdSource =>
  (after, limit) =>
    readIds(
      client,
      `SELECT id FROM (
         (SELECT indicator_id AS id FROM claim
          WHERE connector_id = $1 AND team_id = $2 AND indicator_id > $3 ORDER BY indicator_id LIMIT $4)
         UNION
         (SELECT indicator_id FROM ${unansweredItems("$1")} u WHERE indicator_id > $3 ORDER BY indicator_id LIMIT $4)
       ) either ORDER BY id LIMIT $4`,
      [id, teamId, after, limit],
    );
