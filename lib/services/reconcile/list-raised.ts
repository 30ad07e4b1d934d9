import "server-only";

import { z } from "zod";

import { Prisma } from "@/lib/db/generated/client";
import { asSystem } from "@/lib/db/scope";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import { describeStanding, type Standing } from "@/lib/domain/delivery/standing";
import { indicatorTypeFromCode, type IndicatorType } from "@/lib/domain/indicator/types";

import { readClaimants } from "./read-claimants";

/** A record that stands stricter than its connector wants it, because of others. */
type RaisedRecord = { indicatorId: string; type: IndicatorType; value: string; standing: Standing };
export type Raised = { count: number; records: RaisedRecord[] };

type Own = { connectorId: string; teamId: string };
type Options = {
  limit: number;
  /** Of what this push put there alone, as far as the connector still wants it so. */
  pushId?: string | undefined;
};

/** Which of a connector's records stand stricter than it wants them: how many, and the first of them with who wants it so. */
export const listRaised = async (own: Own, { limit, pushId }: Options): Promise<Raised> => {
  const rows = await asSystem("delivery", (tx) =>
    tx.$queryRaw<unknown[]>(selectRaised(own, { limit, pushId })),
  );
  const found = rows.map((row) => rowSchema.parse(row));
  const { kind, byIndicator } = await readClaimants(
    own,
    found.map(({ row }) => ({ row })),
  );
  const records = found.flatMap(({ row, indicatorId, type, value }) => {
    const { mine, stands, others = [] } = byIndicator.get(row) ?? {};
    const standing = mine && stands ? describeStanding(kind, { mine, stands, others }) : null;
    return standing ? [{ indicatorId, type, value, standing }] : [];
  });
  return { count: found[0]?.count ?? 0, records };
};

const rank = (names: readonly string[], column: string): Prisma.Sql =>
  Prisma.sql`array_position(${[...names]}::text[], ${Prisma.raw(column)})`;

const selectRaised = ({ connectorId, teamId }: Own, { limit, pushId }: Options): Prisma.Sql => Prisma.sql`
  SELECT i.id::text AS row, i.key AS "indicatorId", i.type, i.value, (count(*) OVER ())::int AS count
  FROM connector me JOIN claim m ON m.connector_id = me.id AND m.team_id = me.team_id
  JOIN remote_record r ON r.id = m.record_id AND r.state IN ('live', 'orphaned')
  JOIN indicator i ON i.id = m.indicator_id
  ${pushId === undefined ? Prisma.empty : ofPush(pushId)}
  WHERE me.id = ${connectorId}::uuid AND me.team_id = ${teamId}::uuid AND me.kind = 'defender'
    AND EXISTS (
      SELECT FROM connector o WHERE o.destination_id = me.destination_id AND o.id <> me.id AND o.deleted_at IS NULL)
    AND (${rank(ACTIONS, "r.action")} > ${rank(ACTIONS, "m.action")}
      OR ${rank(SEVERITIES, "r.severity")} > ${rank(SEVERITIES, "m.severity")})
    AND EXISTS (SELECT FROM claim c WHERE c.record_id = r.id AND c.connector_id <> me.id)
  ORDER BY i.id DESC LIMIT ${limit}`;

const ofPush = (pushId: string): Prisma.Sql => Prisma.sql`
  JOIN push ON push.id = ${pushId}::uuid AND push.connector_id = me.id
  JOIN push_item x ON x.push_id = push.id AND x.indicator_id = m.indicator_id AND x.state = 'accepted'
  JOIN plan_item p ON p.plan_id = push.plan_id AND p.indicator_id = m.indicator_id AND p.desired_hash = m.content_hash`;

const rowSchema = z.object({
  row: z.string(),
  indicatorId: z.string(),
  type: z.number().transform(indicatorTypeFromCode),
  value: z.string(),
  count: z.number(),
});
