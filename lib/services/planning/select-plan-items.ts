import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import type { PlanItemFilter } from "@/lib/domain/delivery/plan-item-filter";
import { AppError } from "@/lib/domain/errors";
import { indicatorTypeCode } from "@/lib/domain/indicator/types";
import type { Query } from "@/lib/services/indicators/list-indicators-rows";
import { selectEach, toSearch } from "@/lib/services/indicators/list-indicators-search";

/** In the order of the rows, or what most devices saw first. */
export const ITEM_SORTS = ["row", "devices"] as const;
type ItemSort = (typeof ITEM_SORTS)[number];

export type ItemRow = {
  row: string;
  connectorId: string;
  /** Those that a rule names for the record that it is to stand as; null: those of the connector. */
  deviceGroups: string[] | null;
};

type Options = { where: Prisma.Sql; sort?: ItemSort | undefined; limit: number; after: string | null };

/** As many values that meet a text are looked up in a plan one by one; where more do, its items are gone through. */
const FEW = 2_000;

/**
 * A filter as a condition on a plan's items, for `selectPlanItems`. What is searched for is looked up first, so that a value among
 * very many items is found at once.
 */
export const toCondition = async (
  query: Query,
  { operation, code, q, type, feed, action }: PlanItemFilter,
): Promise<Prisma.Sql> => {
  const conditions = [
    operation === undefined ? null : Prisma.sql`p.operation = ${operation}`,
    code === undefined ? null : Prisma.sql`p.code = ${code}`,
    type === undefined ? null : Prisma.sql`i.type = ${indicatorTypeCode(type)}::smallint`,
    action === undefined ? null : Prisma.sql`coalesce(p.action, c.action) = ${action}`,
    feed === undefined ? null : ofFeed(feed),
    await searched(query, q),
  ].filter((condition) => condition !== null);
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, " AND ");
};

// A feed that ended, or was left out of what is sent, still names what stands there.
const ofFeed = (feedId: string): Prisma.Sql => Prisma.sql`(
  EXISTS (SELECT FROM attribution a
    WHERE a.feed_id = ${feedId}::uuid AND a.team_id = p.team_id AND a.indicator_id = p.indicator_id AND a.until_generation IS NULL)
  OR coalesce(p.content, c.content)->'feeds' @> (
    SELECT jsonb_build_array(jsonb_build_object('name', f.name)) FROM feed f WHERE f.id = ${feedId}::uuid))`;

const searched = async (query: Query, q: string | undefined): Promise<Prisma.Sql | null> => {
  const search = q === undefined ? null : toSearch({ q, sort: "value" });
  if (search === null) return null;
  if (search.conditions.length === 0) return Prisma.sql`false`;
  const rows = await query<{ id: string }>(
    Prisma.sql`SELECT found.id::text FROM (${selectEach(search)}) found LIMIT ${FEW + 1}`,
  );
  return rows.length > FEW
    ? Prisma.sql`(${Prisma.join([...search.conditions], " OR ")})`
    : Prisma.sql`p.indicator_id = ANY (${rows.map(({ id }) => id)}::bigint[])`;
};

/** A plan's items `p` with their indicators `i`, and `c`, how they stand there. */
export const PLAN_ITEMS = Prisma.sql`FROM plan_item p
      JOIN plan ON plan.id = p.plan_id
      JOIN indicator i ON i.id = p.indicator_id
      LEFT JOIN claim c ON c.connector_id = plan.connector_id AND c.indicator_id = p.indicator_id
        AND c.content_hash = p.claim_hash`;

/**
 * To be asked before a page of a plan's or a push's items in their order: they lie so in their index, and of a plan just made
 * PostgreSQL expects too few to read them there, and would sort all of them for each page.
 */
export const walkInOrder = async (query: Query): Promise<void> => {
  await query(Prisma.sql`SELECT set_config('enable_sort', 'off', true), set_config('enable_bitmapscan', 'off', true),
    set_config('enable_mergejoin', 'off', true), set_config('enable_hashjoin', 'off', true)`);
};

/** A page of a plan's items that meet a condition, after a place, as `toPlanItem` reads them. */
export const selectPlanItems = (
  { id, teamId }: { id: string; teamId: string },
  { where, sort = "row", limit, after }: Options,
): Prisma.Sql => Prisma.sql`
      SELECT ${sort === "row" ? Prisma.sql`p.indicator_id::text` : Prisma.sql`coalesce(b.devices, -1) || '.' || p.indicator_id`} AS row, plan.connector_id AS "connectorId", p.content->'deviceGroups' AS "deviceGroups", i.key AS "indicatorId", i.type, i.value, p.operation, p.code, p.reason, p.action,
        p.severity, p.expires_at AS "expiresAt", p.rank, p.cut, b.devices, b.last_seen AS "lastSeen", b.asked_at AS "askedAt",
        CASE WHEN p.content IS NOT NULL THEN jsonb_build_object('action', p.action, 'severity', p.severity,
          'expiresAt', p.expires_at, 'content', p.content) END AS after,
        CASE WHEN c.record_id IS NOT NULL THEN jsonb_build_object('action', c.action, 'severity', c.severity,
          'expiresAt', c.expires_at, 'content', c.content) END AS before, ${LISTED} AS listed
      ${PLAN_ITEMS}
      LEFT JOIN prevalence b ON b.connector_id = plan.connector_id AND b.team_id = p.team_id AND b.indicator_id = p.indicator_id
      WHERE p.plan_id = ${id}::uuid AND p.team_id = ${teamId}::uuid
        AND ${sort === "row" ? Prisma.sql`p.indicator_id > ${after ?? "0"}::bigint` : behind(after)}
        AND ${where}
      ORDER BY ${sort === "row" ? Prisma.empty : Prisma.sql`coalesce(b.devices, -1) DESC,`} p.indicator_id LIMIT ${limit}`;

// What is not to stand there has no share of its own: what the team's list says of it; of an address, what it says of its network.
const LISTED = Prisma.sql`CASE WHEN p.content IS NULL THEN (
  SELECT jsonb_build_object('confidence', t.confidence, 'tlp', t.tlp, 'tags', t.tags, 'feeds', ARRAY(
    SELECT f.name FROM feed f WHERE f.team_id = p.team_id AND f.id = ANY (t.feed_ids) ORDER BY f.name))
  FROM (
    SELECT own.confidence, own.tlp, own.tags, own.feed_ids FROM team_indicator own
    WHERE own.team_id = p.team_id AND own.indicator_id = p.indicator_id
    UNION ALL
    SELECT around.confidence, around.tlp, around.tags, around.feed_ids FROM network_address part
    JOIN team_indicator around ON around.team_id = p.team_id AND around.indicator_id = part.network_id
    WHERE part.indicator_id = p.indicator_id
  ) t LIMIT 1) END`;

/** What comes behind a place among what most devices saw first. Throws as `readPlace`. */
const behind = (after: string | null): Prisma.Sql => {
  if (after === null) return Prisma.sql`true`;
  const found = /^(-1|\d{1,10})\.(\d{1,18})$/.exec(after);
  if (!found) throw notOurs();
  const [, devices = "", row = ""] = found;
  return Prisma.sql`(coalesce(b.devices, -1) < ${devices}::bigint
    OR (coalesce(b.devices, -1) = ${devices}::bigint AND p.indicator_id > ${row}::bigint))`;
};

/** A place in a list by a row's number. Throws `invalid_input` for text that no list gave. */
export const readPlace = (after: string | null): string => {
  if (after === null) return "0";
  if (/^\d{1,18}$/.test(after)) return after;
  throw notOurs();
};

const notOurs = (): AppError =>
  new AppError("invalid_input", "The cursor is not one that this list gave. Start again without it.");
