import "server-only";

import type { PoolClient } from "pg";

import { isLeftOut } from "@/lib/db/queries/left-out";
import type { ConnectorMode } from "@/lib/domain/connector/kinds";
import { indicatorTypeCode, INDICATOR_TYPES } from "@/lib/domain/indicator/types";
import { DEFAULT_EXPIRY_DAYS } from "@/lib/domain/indicator/validity";
import { RENEW_BELOW } from "@/lib/domain/selection/expiry";

export type Lapsing = {
  connectorId: string;
  name: string;
  /** Claims that end soon, or have ended, although the team still vouches for their indicators: the next plan renews them. */
  renewable: number;
  /** The latest end among these; null where there are none. */
  lastEnd: Date | null;
};

type Options = {
  mode: ConnectorMode;
  /** Only this team's connectors. */
  teamId?: string;
  now: Date;
};

/**
 * Connectors for which mere time made a plan due: claims are inside their renewal window, or the last source's word has run
 * out. What ends when its source says so needs no plan before that, and what was refused a moment ago is not asked for again, nor what a
 * person left out before it has ended.
 */
export const readLapsing = async (client: PoolClient, options: Options): Promise<Lapsing[]> => {
  const own = await readFrom(client, OWN_ROW, options);
  const ofNetworks = await readFrom(client, NETWORKS_ROW, options);
  return ofNetworks.length === 0 ? own : addUp([...own, ...ofNetworks]);
};

const addUp = (all: readonly Lapsing[]): Lapsing[] => {
  const byConnector = new Map<string, Lapsing>();
  for (const one of all) {
    const known = byConnector.get(one.connectorId);
    const sum = known && {
      ...known,
      renewable: known.renewable + one.renewable,
      lastEnd: [known.lastEnd, one.lastEnd].reduce(
        (last, end) => (last && end && end < last ? last : (end ?? last)),
        null,
      ),
    };
    byConnector.set(one.connectorId, sum ?? one);
  }
  return [...byConnector.values()];
};

/** The team's view of what a claim is about. */
const OWN_ROW = "JOIN team_indicator t ON t.team_id = k.team_id AND t.indicator_id = k.indicator_id";

// What went out for a network alone holds as long as that does, the longest of several.
const NETWORKS_ROW = `JOIN indicator i ON i.id = k.indicator_id AND (c.selection->>'expandNetworksUpTo')::int > 0
  CROSS JOIN LATERAL (
    SELECT i.type, count(*) > 0 AS active, NULL::text AS screened_by,
      CASE WHEN bool_and(around.valid_until IS NOT NULL) THEN max(around.valid_until) END AS valid_until
    FROM network_address part
    JOIN team_indicator around ON around.team_id = k.team_id AND around.indicator_id = part.network_id
    WHERE part.indicator_id = k.indicator_id AND around.active
      AND NOT EXISTS (
        SELECT FROM team_indicator own WHERE own.team_id = k.team_id AND own.indicator_id = k.indicator_id AND own.active)
  ) t`;

const readFrom = async (
  client: PoolClient,
  row: string,
  { mode, teamId, now }: Options,
): Promise<Lapsing[]> => {
  const { rows } = await client.query<Lapsing>(
    `SELECT c.id AS "connectorId", c.name, count(*) FILTER (WHERE s.is_renewable)::int AS renewable,
       max(k.expires_at) FILTER (WHERE s.is_renewable) AS "lastEnd"
     FROM connector c
     JOIN claim k ON k.connector_id = c.id AND k.expires_at < $3::timestamptz + $4 * ${DAY} * ${MOST_DAYS}
     ${row}
     JOIN unnest($5::smallint[], $6::int[], $7::text[]) AS d (type, days, name) ON d.type = t.type
     CROSS JOIN LATERAL (SELECT t.valid_until IS NULL OR t.valid_until > k.expires_at AS is_renewable) s
     WHERE c.mode = $1::connector_mode AND c.enabled AND c.deleted_at IS NULL AND ($2::uuid IS NULL OR c.team_id = $2)
       AND k.expires_at < $3::timestamptz + $4 * ${DAY} * ${DAYS}
       AND t.active AND t.screened_by IS NULL AND (s.is_renewable OR t.valid_until <= $3)
       AND NOT EXISTS (
         SELECT FROM receipt r WHERE r.connector_id = k.connector_id AND r.indicator_id = k.indicator_id
           AND r.state = 'failed' AND (r.changed_at > $3::timestamptz - ${DAY} OR (k.expires_at > $3 AND ${isLeftOut("r")})))
     GROUP BY c.id, c.name ORDER BY c.id`,
    [
      ...[mode, teamId ?? null, now, RENEW_BELOW],
      ...[INDICATOR_TYPES.map(indicatorTypeCode), INDICATOR_TYPES.map((type) => DEFAULT_EXPIRY_DAYS[type])],
      [...INDICATOR_TYPES],
    ],
  );
  return rows;
};

const DAY = "interval '24 hours'";

// The shortest lifetime that the connector gives the type: which rule a claim is by is not kept, and to look a little late is
// better than to plan every hour for nothing.
const DAYS = `least(coalesce((c.expiry_by_type->>d.name)::int, c.expiry_days, d.days), (c.selection->>'maxAgeDays')::int,
  (SELECT min((rule->>'expiryDays')::int) FROM jsonb_array_elements(c.rules) rule))`;

// Only to find what may be due by an index: the longest of what `DAYS` can be.
const MOST_DAYS = `greatest(coalesce(c.expiry_days, ${String(Math.max(...Object.values(DEFAULT_EXPIRY_DAYS)))}),
  (SELECT max(days::int) FROM jsonb_each_text(c.expiry_by_type) own (type, days)))`;
