import "server-only";

import { z } from "zod";

import type { Tx } from "@/lib/db/client";
import { asTeam } from "@/lib/db/scope";
import { maySeeAll } from "@/lib/domain/delivery/capacity";
import { indicatorTypeCode, indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";
import { groupsOfScope } from "@/lib/domain/selection/policy";
import { noConnector } from "@/lib/services/connectors/get-connector";
import { parseCapacity } from "@/lib/services/delivery/note-capacity";

type Connector = { id: string; teamId: string };
export type ForeignFilter = {
  /** A part of the value. */
  q?: string | undefined;
  type?: IndicatorType | undefined;
  action?: string | undefined;
  /** A part of whoever made it. */
  maker?: string | undefined;
  /** What a feed of the team names as well. */
  wanted?: boolean | undefined;
};
type Options = ForeignFilter & {
  limit: number;
  /** The `next` of the page before. */
  after: string | null;
};

export type ForeignView = z.output<typeof foreignSchema>;

/**
 * What others made at a connector's destination, as an application of the team that sees the whole tenant was last shown. `isVisible` is
 * false where none of them sees it: then nothing is listed.
 */
export const listForeign = async (
  { id, teamId }: Connector,
  { q, type, action, maker, wanted, limit, after }: Options,
): Promise<{ isVisible: boolean; records: ForeignView[]; next: string | null }> =>
  asTeam(teamId, async (tx) => {
    const { destinationId, isVisible } = await readSight(tx, { id, teamId });
    if (!isVisible) return { isVisible, records: [], next: null };
    const [value, name] = [q?.toLowerCase() ?? null, maker?.toLowerCase() ?? null];
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT f.remote_id AS "remoteId", f.key AS "indicatorId", f.type, f.value, f.scope, f.action, f.maker,
        f.maker_name AS "makerName", f.seen_at AS "seenAt",
        EXISTS (SELECT FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id
          WHERE i.key = f.key AND t.team_id = ${teamId}::uuid AND t.active) AS "isWanted"
      FROM foreign_record f
      WHERE f.destination_id = ${destinationId}::uuid AND (${after}::text IS NULL OR f.remote_id > ${after}::text)
        AND (${value}::text IS NULL OR strpos(lower(f.value), ${value}::text) > 0)
        AND (${name}::text IS NULL OR strpos(lower(coalesce(f.maker_name, '') || ' ' || coalesce(f.maker, '')), ${name}::text) > 0)
        AND (${type === undefined ? null : indicatorTypeCode(type)}::smallint IS NULL
          OR f.type = ${type === undefined ? null : indicatorTypeCode(type)}::smallint)
        AND (${action ?? null}::text IS NULL OR f.action = ${action ?? null}::text)
        AND (NOT ${wanted ?? false}::boolean OR EXISTS (
          SELECT FROM indicator i JOIN team_indicator t ON t.indicator_id = i.id
          WHERE i.key = f.key AND t.team_id = ${teamId}::uuid AND t.active))
      ORDER BY f.remote_id LIMIT ${limit + 1}`;
    const records = rows.slice(0, limit).map((row) => foreignSchema.parse(row));
    return { isVisible, records, next: rows.length > limit ? (records.at(-1)?.remoteId ?? null) : null };
  });

/** How much others hold there, and of how much of it a feed of the team names the value; null where no application of the team sees it. */
export const countForeign = async ({
  id,
  teamId,
}: Connector): Promise<{ count: number; wanted: number } | null> =>
  asTeam(teamId, async (tx) => {
    const { destinationId, isVisible } = await readSight(tx, { id, teamId });
    if (!isVisible) return null;
    const [counts] = await tx.$queryRaw<{ count: number; wanted: number }[]>`
      SELECT count(*)::int AS count, count(t.indicator_id)::int AS wanted
      FROM foreign_record f LEFT JOIN indicator i ON i.key = f.key
      LEFT JOIN team_indicator t ON t.indicator_id = i.id AND t.team_id = ${teamId}::uuid AND t.active
      WHERE f.destination_id = ${destinationId}::uuid`;
    return counts ?? { count: 0, wanted: 0 };
  });

/** Whether an application of the team sees all of the connector's destination. */
const readSight = async (
  tx: Tx,
  { id, teamId }: Connector,
): Promise<{ destinationId: string; isVisible: boolean }> => {
  const connector = await tx.connector.findFirst({
    where: { id, teamId, deletedAt: null },
    select: { destinationId: true, destination: { select: { capacity: true } } },
  });
  if (!connector) throw noConnector();
  const { destinationId, destination } = connector;
  const own = await tx.connector.findMany({
    where: { destinationId, teamId, deletedAt: null },
    select: { clientId: true },
  });
  const clientIds = own.map(({ clientId }) => clientId);
  return { destinationId, isVisible: maySeeAll(parseCapacity(destination.capacity), clientIds) };
};

const foreignSchema = z
  .object({
    remoteId: z.string(),
    /** The public id of the value, whether or not the team has it. */
    indicatorId: z.string(),
    type: z.number().transform(indicatorTypeFromCode),
    value: z.string(),
    scope: z.string(),
    action: z.string().nullable(),
    maker: z.string().nullable(),
    makerName: z.string().nullable(),
    seenAt: z.date(),
    /** A feed of the team names it as well. */
    isWanted: z.boolean(),
  })
  .transform(({ scope, ...row }) => ({ ...row, deviceGroups: [...groupsOfScope(scope)] }));
