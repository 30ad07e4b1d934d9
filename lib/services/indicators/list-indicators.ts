import "server-only";

import { indicatorId } from "@/lib/domain/indicator/identity";
import { Prisma } from "@/lib/db/generated/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { IndicatorState } from "@/lib/domain/indicator/lifecycle";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";
import { normalise } from "@/lib/domain/indicator/normalise";
import {
  INDICATOR_TYPES,
  indicatorTypeCode,
  indicatorTypeFromCode,
  tlpCode,
  tlpFromCode,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";

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
  /** What became of it at the team's destinations. */
  destinations: { connectorId: string; connector: string; state: string }[];
};

type Options = { teamIds: readonly string[]; filter: IndicatorFilter; limit: number; cursor: Cursor | null };
/** The sort key and the row key of the last row seen. */
export type Cursor = { key: string; id: string; team: string };

/** Indicators of the given teams, filtered and sorted by the database, a page at a time. */
export const listIndicators = (
  actor: Actor,
  options: Options,
): Promise<{ indicators: ListedIndicator[]; next: Cursor | null }> =>
  asActor(actor, async (tx) => {
    const { direction } = SORTS[options.filter.sort];
    const rows = await tx.$queryRaw<Row[]>`
      WITH page AS MATERIALIZED (${selectPage(options)})
      SELECT i.key AS id, t.indicator_id AS "indicatorId", t.team_id AS "teamId", team.slug AS team, i.type, i.value, ${STATE} AS state,
        t.confidence, t.tlp, t.tags, t.first_seen AS "firstSeen", t.last_seen AS "lastSeen",
        t.valid_until AS "validUntil", t.added_at AS "addedAt", page.sort_key::text AS "sortKey",
        coalesce((SELECT json_agg(json_build_object('id', f.id, 'name', f.name) ORDER BY f.name)
          FROM feed f WHERE f.id = ANY (t.feed_ids)), '[]') AS feeds,
        coalesce((SELECT json_agg(json_build_object('connectorId', c.id, 'connector', c.name, 'state', r.state) ORDER BY c.name)
          FROM receipt r JOIN connector c ON c.id = r.connector_id
          WHERE r.team_id = t.team_id AND r.indicator_id = t.indicator_id), '[]') AS destinations
      FROM page JOIN team_indicator t USING (team_id, indicator_id)
        JOIN indicator i ON i.id = t.indicator_id JOIN team ON team.id = t.team_id
      ORDER BY ${toOrder("page.sort_key", direction)}`;
    const page = rows.slice(0, options.limit);
    const last = rows.length > options.limit ? page.at(-1) : undefined;
    return {
      indicators: page.map(toListed),
      next: last ? { key: last.sortKey, id: String(last.indicatorId), team: last.teamId } : null,
    };
  });

/** The keys of a page and of one row more, which tells that there is a next page. */
const selectPage = ({ teamIds, filter, limit, cursor }: Options): Prisma.Sql => {
  const { column, direction, cast } = SORTS[filter.sort];
  const key = Prisma.raw(column);
  const past = direction === "ASC" ? Prisma.sql`>` : Prisma.sql`<`;
  const after = cursor
    ? Prisma.sql`AND (${key}, t.indicator_id, t.team_id) ${past} (${cursor.key}::${Prisma.raw(cast)}, ${cursor.id}::bigint, ${cursor.team}::uuid)`
    : Prisma.empty;
  const teams = Prisma.sql`${[...teamIds]}::uuid[]`;
  const ordered = Prisma.sql`ORDER BY ${toOrder(column, direction)} LIMIT ${limit + 1}`;
  const columns = Prisma.sql`t.team_id, t.indicator_id, ${key} AS sort_key`;
  const isWalk = !isByValue(filter) && (filter.sort === "-addedAt" || filter.sort === "addedAt");
  if (!isWalk)
    return Prisma.sql`
      SELECT ${columns} FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
      WHERE t.team_id = ANY (${teams}) ${toConditions(filter)} ${after} ${ordered}`;
  // One walk of team_indicator_newest for each team and type, and the best of them: short in a set of any size, with a type
  // chosen and without; a filter that few rows pass walks on until it has a page of them. What a run that is not over has put
  // in would be walked past one by one, since nobody sees it yet: all of it is newer than the team's last merge. Without the
  // SELECT around it, row security has that bound looked at row by row, instead of the walk beginning there.
  const types = filter.type === undefined ? INDICATOR_TYPES : [filter.type];
  return Prisma.sql`
    SELECT best.* FROM team wanted
      CROSS JOIN unnest(${types.map(indicatorTypeCode)}::smallint[]) AS of (type)
      CROSS JOIN LATERAL (
        SELECT ${columns} FROM team_indicator t
        WHERE t.team_id = wanted.id AND t.type = of.type AND t.added_at <= (SELECT coalesce(wanted.merged_at, 'infinity'))
          ${toConditions(filter)} ${after} ${ordered}
      ) best
    WHERE wanted.id = ANY (${teams})
    ORDER BY ${toOrder("best.sort_key", direction, "best")} LIMIT ${limit + 1}`;
};

const toOrder = (key: string, direction: "ASC" | "DESC", table = "t"): Prisma.Sql =>
  Prisma.raw([key, `${table}.indicator_id`, `${table}.team_id`].map((by) => `${by} ${direction}`).join(", "));

/** Whether a list is searched or sorted by what stands in `indicator`. */
const isByValue = ({ q, sort }: IndicatorFilter): boolean =>
  (q !== undefined && q !== "") || sort === "value" || sort === "-value";

/** From here on a number is "about" it: counting further costs more than it tells. */
const COUNT_CEILING = 100_000;

/** How many rows a filter matches; `isExact` is false at 100,000 and above. */
export const countIndicators = (
  actor: Actor,
  { teamIds, filter }: Pick<Options, "teamIds" | "filter">,
): Promise<{ count: number; isExact: boolean }> =>
  asActor(actor, async (tx) => {
    const [row] = await tx.$queryRaw<{ count: bigint }[]>`
      SELECT count(*) FROM (
        SELECT FROM team_indicator t ${isByValue(filter) ? Prisma.sql`JOIN indicator i ON i.id = t.indicator_id` : Prisma.empty}
        WHERE t.team_id = ANY (${[...teamIds]}::uuid[]) ${toConditions(filter)} LIMIT ${COUNT_CEILING}
      ) matching`;
    const count = Number(row?.count ?? 0);
    return { count, isExact: count < COUNT_CEILING };
  });

/** The same four as in STATE, as conditions. */
const IN_STATE: Readonly<Record<IndicatorState, Prisma.Sql>> = {
  recalled: Prisma.sql`AND FALSE`,
  withdrawn: Prisma.sql`AND NOT t.active`,
  allowlisted: Prisma.sql`AND t.active AND t.screened_by IS NOT NULL`,
  expired: Prisma.sql`AND t.active AND t.screened_by IS NULL AND t.valid_until <= now()`,
  active: Prisma.sql`AND t.active AND t.screened_by IS NULL AND (t.valid_until IS NULL OR t.valid_until > now())`,
};

const STATE = Prisma.sql`CASE
  WHEN NOT t.active THEN 'withdrawn'
  WHEN t.screened_by IS NOT NULL THEN 'allowlisted'
  WHEN t.valid_until <= now() THEN 'expired'
  ELSE 'active' END`;

const SORTS: Readonly<
  Record<IndicatorFilter["sort"], { column: string; direction: "ASC" | "DESC"; cast: string }>
> = {
  "-addedAt": { column: "t.added_at", direction: "DESC", cast: "timestamptz" },
  addedAt: { column: "t.added_at", direction: "ASC", cast: "timestamptz" },
  value: { column: "left(i.value, 200)", direction: "ASC", cast: "text" },
  "-value": { column: "left(i.value, 200)", direction: "DESC", cast: "text" },
  "-lastSeen": { column: "t.last_seen", direction: "DESC", cast: "timestamptz" },
  "-confidence": { column: "t.confidence", direction: "DESC", cast: "smallint" },
};

const toConditions = ({ q, type, feed, tlp, state }: IndicatorFilter): Prisma.Sql => {
  const conditions = [
    state === undefined ? Prisma.empty : IN_STATE[state],
    type === undefined ? Prisma.empty : Prisma.sql`AND t.type = ${indicatorTypeCode(type)}`,
    feed === undefined ? Prisma.empty : Prisma.sql`AND ${feed}::uuid = ANY (t.feed_ids)`,
    tlp === undefined ? Prisma.empty : Prisma.sql`AND t.tlp = ${tlpCode(tlp)}`,
    q === undefined || q === "" ? Prisma.empty : toSearch(q),
  ];
  return Prisma.join(conditions, " ");
};

// A value in any spelling finds its one record; anything else is taken as the beginning of one.
const toSearch = (q: string): Prisma.Sql => {
  const read = normalise(q);
  const start = q.toLowerCase().slice(0, 200);
  const byStart = Prisma.sql`(left(i.value, 200) >= ${start} AND left(i.value, 200) < ${`${start}\u{10FFFF}`})`;
  if (!read.ok) return Prisma.sql`AND ${byStart}`;
  return Prisma.sql`AND (i.key = ${indicatorId(read.value.type, read.value.value)}::uuid OR ${byStart})`;
};

type Row = Omit<ListedIndicator, "type" | "tlp"> & {
  type: number;
  tlp: number;
  indicatorId: bigint;
  teamId: string;
  sortKey: string;
};

const toListed = ({ indicatorId: _id, teamId: _teamId, sortKey: _key, ...row }: Row): ListedIndicator => ({
  ...row,
  type: indicatorTypeFromCode(row.type),
  tlp: tlpFromCode(row.tlp),
});
