import "server-only";

import { asTeam } from "@/lib/db/scope";
import { isGateCode } from "@/lib/domain/selection/codes";

/** Who let a value through its connector's gate, when and why. */
export type LetThrough = { by: string; at: Date; reason: string };

type Row<T> = { rowId: string; item: T };

/** Adds to items of a plan who let through since it was made what its gate kept in; null: nobody. */
export const withLetThrough = async <T extends { code: string }>(
  { connectorId, teamId }: { connectorId: string; teamId: string },
  rows: readonly Row<T>[],
): Promise<Row<T & { letThrough: LetThrough | null }>[]> => {
  const ids = rows.flatMap(({ rowId, item }) => (isGateCode(item.code) ? [rowId] : []));
  const found = ids.length === 0 ? [] : await readLetThrough({ connectorId, teamId }, ids);
  const byRow = new Map(found.map(({ rowId, ...rest }) => [rowId, rest]));
  return rows.map(({ rowId, item }) => ({ rowId, item: { ...item, letThrough: byRow.get(rowId) ?? null } }));
};

const readLetThrough = (
  { connectorId, teamId }: { connectorId: string; teamId: string },
  ids: readonly string[],
): Promise<(LetThrough & { rowId: string })[]> =>
  asTeam(
    teamId,
    (tx) => tx.$queryRaw`
      SELECT indicator_id::text AS "rowId", created_by_name AS by, created_at AS at, reason FROM gate_override
      WHERE connector_id = ${connectorId}::uuid AND team_id = ${teamId}::uuid AND lifted_at IS NULL
        AND indicator_id = ANY (${[...ids]}::bigint[])`,
  );
