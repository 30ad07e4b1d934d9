import "server-only";

import type { PoolClient } from "pg";

import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";

export type TeamValue = {
  /** The row's number in PostgreSQL, as text. */
  id: string;
  type: IndicatorType;
  value: string;
  screenedBy: string | null;
  isActive: boolean;
};

const PAGE = 20_000;

/** All values that a team has or had, page by page in the order of their numbers: bounded memory whatever the set's size. */
export async function* readTeamValues(
  client: PoolClient,
  teamId: string,
  pageSize = PAGE,
): AsyncGenerator<readonly TeamValue[], void, undefined> {
  for (let after = "0"; ;) {
    const { rows } = await client.query<Omit<TeamValue, "type"> & { type: number }>(
      `SELECT i.id, i.type, i.value, t.screened_by AS "screenedBy",
         t.active AND (t.valid_until IS NULL OR t.valid_until > now()) AS "isActive"
       FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
       WHERE t.team_id = $1 AND t.indicator_id > $2 ORDER BY t.indicator_id LIMIT $3`,
      [teamId, after, pageSize],
    );
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => ({ ...row, type: indicatorTypeFromCode(row.type) }));
    after = last.id;
  }
}
