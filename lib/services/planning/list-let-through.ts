import "server-only";

import { asTeam } from "@/lib/db/scope";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";

type Own = { id: string; teamId: string };

/** A value that a person let through a connector's gate. */
export type LetThroughView = {
  indicatorId: string;
  type: IndicatorType;
  value: string;
  reason: string;
  by: string;
  at: Date;
};

/** What was let through a connector's gate and is still, the newest first. */
export const listLetThrough = async (
  { id, teamId }: Own,
  { limit, after }: { limit: number; /** The `next` of the page before. */ after: string | null },
): Promise<{ letThrough: LetThroughView[]; next: string | null }> => {
  const rows = await asTeam(
    teamId,
    (tx) =>
      tx.$queryRaw<(Omit<LetThroughView, "type"> & { row: string; type: number })[]>`
      SELECT o.id AS row, i.key AS "indicatorId", i.type, i.value, o.reason, o.created_by_name AS by, o.created_at AS at
      FROM gate_override o JOIN indicator i ON i.id = o.indicator_id
      WHERE o.connector_id = ${id}::uuid AND o.team_id = ${teamId}::uuid AND o.lifted_at IS NULL
        AND (${after}::uuid IS NULL OR o.id < ${after}::uuid)
      ORDER BY o.id DESC LIMIT ${limit + 1}`,
  );
  const page = rows.slice(0, limit);
  return {
    letThrough: page.map(({ row: _row, type, ...rest }) => ({ ...rest, type: indicatorTypeFromCode(type) })),
    next: rows.length > limit ? (page.at(-1)?.row ?? null) : null,
  };
};
