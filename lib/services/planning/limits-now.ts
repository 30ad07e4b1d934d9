import "server-only";

import type { PoolClient } from "pg";

import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import {
  REMADE_CODES,
  toLimitedCounts,
  type Earlier,
  type LimitedCounts,
  type PlanLimits,
} from "@/lib/domain/delivery/plan-limits";

import type { CountedRow } from "./plan-columns";

type Connector = { id: string; kind: ConnectorKind };
type Planned = CountedRow & { id: string };

/**
 * What of a plan these limits judge, beside what stands there now: another plan may have taken part of that away since this one was
 * made, or be about to.
 */
export const measureNow = async (
  client: PoolClient,
  { id, kind }: Connector,
  { plan, limits }: { plan: Planned; limits: readonly (PlanLimits | null | undefined)[] },
): Promise<LimitedCounts> => {
  const counts = toLimitedCounts(kind, plan);
  const { change, remove, remade } = counts;
  const hasShare = limits.some((one) => typeof one?.maxRemovedPercent === "number");
  if (!hasShare || remove + remade === 0) return counts;
  const standing = await countStaying(client, id, plan.id);
  return { ...counts, keep: Math.max(0, standing - change - remove) };
};

/** What stands of a connector, without what others of its pushes are about to take away. */
const countStaying = async (client: PoolClient, connectorId: string, planId: string): Promise<number> => {
  const { rows } = await client.query<{ standing: number }>(
    `SELECT count(*)::int AS standing FROM claim c WHERE c.connector_id = $1 AND c.indicator_id NOT IN (
       SELECT i.indicator_id FROM push p JOIN push_item i ON i.push_id = p.id
       WHERE p.connector_id = $1 AND p.state IN ('queued', 'running') AND i.operation = 'remove' AND NOT i.moves
         AND i.state IN ('pending', 'sending') AND NOT i.overtaken
         AND NOT EXISTS (
           SELECT FROM plan_item n WHERE n.plan_id = $2 AND n.indicator_id = i.indicator_id AND n.operation <> 'blocked'))`,
    [connectorId, planId],
  );
  return rows[0]?.standing ?? 0;
};

/**
 * Has what is judged together with what one person did alone within the last hour come one after the other, at all of the team's
 * connectors to a destination, until this transaction ends: of two at one moment, neither would see the other. To be asked once the
 * connector is held.
 */
export const holdAlone = async (
  client: PoolClient,
  { teamId, destinationId }: { teamId: string; destinationId: string },
): Promise<void> => {
  await client.query("SELECT pg_advisory_xact_lock(hashtextextended('alone ' || $1 || ' ' || $2, 0))", [
    teamId,
    destinationId,
  ]);
};

/** What left or is to leave of what was applied within the last hour, by the person who applied it; null: by the connector itself. */
export type AppliedAlone = ReadonlyMap<string | null, Earlier>;

/**
 * What was applied at a connector within the last hour without a second look: many small plans are one large one. Of a person's, also what
 * was applied at the team's other connectors to the same destination, deleted ones too. What somebody approved is left out, and what was
 * decided otherwise, as by a recall.
 */
export const readAppliedAlone = async (
  client: PoolClient,
  { id, kind }: Connector,
): Promise<AppliedAlone> => {
  const { rows } = await client.query<Earlier & { by: string | null }>(
    `SELECT CASE WHEN NOT p.automatic THEN p.applied_by END AS by,
       count(*) FILTER (WHERE n.operation = 'add' OR n.code = ANY ($2))::int AS add,
       count(*) FILTER (WHERE n.operation = 'remove' OR n.code = ANY ($2))::int AS remove
     FROM connector mine JOIN connector c ON c.destination_id = mine.destination_id AND c.team_id = mine.team_id
     JOIN plan p ON p.connector_id = c.id AND (c.id = mine.id OR NOT p.automatic)
     JOIN push u ON u.connector_id = p.connector_id AND u.plan_id = p.id
     JOIN push_item i ON i.push_id = u.id AND i.state NOT IN ('skipped', 'failed')
     JOIN plan_item n ON n.plan_id = p.id AND n.indicator_id = i.indicator_id
     WHERE mine.id = $1 AND p.applied_at > now() - interval '1 hour'
       AND (p.automatic OR (p.applied_by IS NOT NULL AND p.approved_at IS NULL AND NOT p.decided))
     GROUP BY 1`,
    [id, kind === "defender" ? REMADE_CODES : []],
  );
  return new Map(rows.map(({ by, add, remove }) => [by, { add, remove }]));
};
