import "server-only";

import { Prisma } from "../generated/client";

/** Runs a statement and gives its rows, on whatever connection. */
type Query = <Row>(statement: Prisma.Sql) => Promise<Row[]>;

type Tagged = { teamId: string; indicatorId: bigint | string };
type Options = { teamIds: readonly string[]; tag: string; most: number };

/**
 * Rows of teams' views that have a tag, as many as `most`, in no order. The index of tags is reached by no operator that row
 * security lets by, so this one question is asked by the role that sees all teams, of the teams in the transaction's scope alone;
 * afterwards the transaction is what it was. One that fails takes the transaction with it.
 */
export const findTagged = async (query: Query, { teamIds, tag, most }: Options): Promise<Tagged[]> => {
  await query(
    Prisma.sql`SELECT set_config('role', 'sluice_system', true), set_config('sluice.purpose', 'finding', true)`,
  );
  const rows = await query<Tagged>(Prisma.sql`
    SELECT t.team_id AS "teamId", t.indicator_id AS "indicatorId" FROM team_indicator t
    WHERE t.team_id = ANY (${[...teamIds]}::uuid[]) AND t.team_id = ANY ((SELECT sluice_scope())::uuid[])
      AND t.tags @> ARRAY[${tag}]::text[] LIMIT ${most}`);
  await query(Prisma.sql`SELECT set_config('role', 'none', true), set_config('sluice.purpose', '', true)`);
  return rows;
};
