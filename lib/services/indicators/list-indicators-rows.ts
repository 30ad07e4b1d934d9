import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import type { IndicatorState } from "@/lib/domain/indicator/lifecycle";
import {
  indicatorTypeFromCode,
  tlpFromCode,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";

import { STATE } from "./list-indicators-conditions";

export type ListedIndicator = {
  id: string;
  type: IndicatorType;
  value: string;
  team: string;
  state: IndicatorState;
  confidence: number;
  tlp: Tlp;
  tags: string[];
  feeds: { id: string; name: string }[];
  firstSeen: Date;
  lastSeen: Date;
  validUntil: Date | null;
  addedAt: Date;
  /** Who put it into the team's own list; null where only feeds have it. */
  addedBy: string | null;
  /** What is said of it: the team's own comment, or else a feed's. */
  comment: string;
  /** Which of the reader's teams have it, by name. */
  teams: string[];
  /** What became of it at the team's destinations; of a network sent as its addresses, what became of most of these. */
  destinations: ListedDestination[];
};

type ListedDestination = {
  connectorId: string;
  connector: string;
  state: string;
  /** How many of a network's addresses stand there; null for what goes there as it is. */
  addresses: { of: number; standing: number } | null;
};

/** Where a row of a page stands: a team's view of a value, and what the list is sorted by. */
export type PageKey = { teamId: string; indicatorId: bigint | string; sortKey: string };

/** Runs a statement and gives its rows, on whatever connection. */
export type Query = <Row>(statement: Prisma.Sql) => Promise<Row[]>;

export const queryOf =
  (tx: Tx): Query =>
  (statement) =>
    tx.$queryRaw(statement);

/** What the list shows of each key, in the order of the keys. */
export const readRows = async (query: Query, page: readonly PageKey[]): Promise<ListedIndicator[]> => {
  if (page.length === 0) return [];
  const rows = await query<Row>(Prisma.sql`
    SELECT i.key AS id, team.slug AS team, i.type, i.value, ${STATE} AS state, t.confidence, t.tlp, t.tags,
      t.first_seen AS "firstSeen", t.last_seen AS "lastSeen", t.valid_until AS "validUntil", t.added_at AS "addedAt",
      said.added_by AS "addedBy", coalesce(said.comment, '') AS comment,
      ARRAY(SELECT other.name FROM team_indicator o JOIN team other ON other.id = o.team_id
        WHERE o.indicator_id = t.indicator_id AND o.active ORDER BY other.name) AS teams,
      coalesce((SELECT json_agg(json_build_object('id', f.id, 'name', f.name) ORDER BY f.name)
        FROM feed f WHERE f.id = ANY (t.feed_ids)), '[]') AS feeds,
      coalesce((SELECT json_agg(d ORDER BY d.connector, d."connectorId") FROM (
        SELECT c.id AS "connectorId", c.name AS connector, r.state::text, NULL::json AS addresses
        FROM receipt r JOIN connector c ON c.id = r.connector_id
        WHERE r.team_id = t.team_id AND r.indicator_id = t.indicator_id
        UNION ALL ${AS_ADDRESSES}) d), '[]') AS destinations
    FROM unnest(${page.map(({ teamId }) => teamId)}::uuid[], ${page.map(({ indicatorId }) => indicatorId)}::bigint[])
        WITH ORDINALITY AS page (team_id, indicator_id, place)
      JOIN team_indicator t USING (team_id, indicator_id)
      JOIN indicator i ON i.id = t.indicator_id JOIN team ON team.id = t.team_id
      LEFT JOIN LATERAL (
        SELECT (array_agg(a.comment ORDER BY f.kind = 'local' DESC, a.id) FILTER (WHERE a.comment <> ''))[1] AS comment,
          max(a.context ->> 'addedBy') FILTER (WHERE f.kind = 'local') AS added_by
        FROM attribution a JOIN feed f ON f.id = a.feed_id
        WHERE a.team_id = t.team_id AND a.indicator_id = t.indicator_id AND a.until_generation IS NULL) said ON true
    ORDER BY page.place`);
  return rows.map((row) => ({ ...row, type: indicatorTypeFromCode(row.type), tlp: tlpFromCode(row.tlp) }));
};

/** What became of the addresses of the network that `t` is, at each connector that sent some of them. */
const AS_ADDRESSES = Prisma.sql`
  SELECT c.id, c.name, (mode() WITHIN GROUP (ORDER BY r.state))::text, json_build_object(
    'of', (SELECT count(*) FROM network_address whole WHERE whole.network_id = t.indicator_id),
    'standing', count(*) FILTER (WHERE r.state IN ('accepted', 'visible', 'withdrawing')))
  FROM network_address part JOIN receipt r ON r.team_id = t.team_id AND r.indicator_id = part.indicator_id
  JOIN connector c ON c.id = r.connector_id AND c.kind = 'defender'
  WHERE t.type IN (3, 4) AND part.network_id = t.indicator_id AND NOT EXISTS (
    SELECT FROM receipt own WHERE own.connector_id = r.connector_id AND own.indicator_id = t.indicator_id)
  GROUP BY c.id, c.name`;

type Row = Omit<ListedIndicator, "type" | "tlp"> & { type: number; tlp: number };
