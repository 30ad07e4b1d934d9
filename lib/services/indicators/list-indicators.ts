import "server-only";

import type { Tx } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { IndicatorState } from "@/lib/domain/indicator/lifecycle";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";
import {
  indicatorTypeFromCode,
  tlpFromCode,
  type IndicatorType,
  type Tlp,
} from "@/lib/domain/indicator/types";

import { amongSets, ofRow, STATE } from "./list-indicators-conditions";
import { countFound, selectFound, toSearch, wantedTypes, type Search } from "./list-indicators-search";
import { after, SORTS, toOrder, type Cursor } from "./list-indicators-sorts";
import { isWhole, selectWalk, type PageOptions } from "./list-indicators-walk";

export type { Cursor } from "./list-indicators-sorts";

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
  /** What became of it at the team's destinations. */
  destinations: { connectorId: string; connector: string; state: string }[];
};

type Options = { teamIds: readonly string[]; filter: IndicatorFilter; limit: number; cursor: Cursor | null };

/** Indicators of the given teams, filtered and sorted by the database, a page at a time. */
export const listIndicators = (
  actor: Actor,
  options: Options,
): Promise<{ indicators: ListedIndicator[]; next: Cursor | null }> =>
  asActor(actor, async (tx) => {
    const keys = await findPage(tx, { ...options, search: toSearch(options.filter) });
    const page = keys.slice(0, options.limit);
    const last = keys.length > options.limit ? page.at(-1) : undefined;
    return {
      indicators: await readRows(tx, page),
      next: last ? { key: last.sortKey, id: String(last.indicatorId), team: last.teamId } : null,
    };
  });

type Key = { teamId: string; indicatorId: bigint; sortKey: string };

const findPage = async (tx: Tx, options: PageOptions): Promise<Key[]> => {
  if (wantedTypes(options.filter).length === 0) return [];
  const { sort, addedBy, event } = options.filter;
  // A team's own list is read as a whole, and so is one event.
  const isOfSet = addedBy !== undefined || event !== undefined;
  if (SORTS[sort].walk !== null && !isOfSet && !(await isFew(tx, options.search))) {
    // A page seems small to read and sort to a planner that knows little of the filter: the walk is what is wanted.
    await tx.$executeRaw`SELECT set_config('enable_sort', 'off', true)`;
    const walked = await tx.$queryRaw<(Key & { step: bigint })[]>(selectWalk(options));
    if (isWhole(walked, options)) return walked;
    await tx.$executeRaw`SELECT set_config('enable_sort', 'on', true)`;
  }
  return readingThrough(tx, options.filter, SORTS[sort].walk === "value", () =>
    tx.$queryRaw<Key[]>(selectSorted(options)),
  );
};

// What no index holds has a team's rows read: page after page as they stand took a third of the time that it took one after the
// other in the order of an index, which is what the planner prefers.
const readingThrough = async <T>(
  tx: Tx,
  filter: IndicatorFilter,
  isJoined: boolean,
  run: () => Promise<T>,
): Promise<T> => {
  const { tag, feed, destinationState, addedBy, event } = filter;
  const isOfRows = tag !== undefined || feed !== undefined;
  if (!isOfRows || isJoined || toSearch(filter) || destinationState) return run();
  if (addedBy !== undefined || event !== undefined) return run();
  await tx.$executeRaw`SELECT set_config('enable_indexscan', 'off', true)`;
  const result = await run();
  await tx.$executeRaw`SELECT set_config('enable_indexscan', 'on', true)`;
  return result;
};

/** So many values are looked up in a team's view sooner than a walk could begin. */
const FEW = 5_000;

const isFew = async (tx: Tx, search: Search | null): Promise<boolean> => {
  if (search?.isOrdered !== true) return false;
  const [found] = await tx.$queryRaw<{ count: bigint }[]>(countFound(search, FEW));
  return found !== undefined && found.count < FEW;
};

/** The keys of a page and of one row more, out of all that meet the filter. */
const selectSorted = ({ teamIds, filter, search, limit, cursor }: PageOptions): Prisma.Sql => {
  const { key, direction, walk } = SORTS[filter.sort];
  const values = walk === "value" ? Prisma.sql`JOIN indicator i ON i.id = t.indicator_id` : Prisma.empty;
  return Prisma.sql`
    ${withFound(search)} SELECT * FROM (
      SELECT t.team_id, t.indicator_id, ${key} AS sort_key, t.team_id AS "teamId", t.indicator_id AS "indicatorId",
        (${key})::text AS "sortKey"
      FROM ${fromFound(search)} ${values}
      WHERE ${meets(teamIds, filter)} ${after(filter.sort, cursor)}
    ) matching ORDER BY ${toOrder("sort_key", direction, "matching")} LIMIT ${limit + 1}`;
};

const readRows = async (tx: Tx, page: readonly Key[]): Promise<ListedIndicator[]> => {
  if (page.length === 0) return [];
  const rows = await tx.$queryRaw<Row[]>`
    SELECT i.key AS id, team.slug AS team, i.type, i.value, ${STATE} AS state, t.confidence, t.tlp, t.tags,
      t.first_seen AS "firstSeen", t.last_seen AS "lastSeen", t.valid_until AS "validUntil", t.added_at AS "addedAt",
      said.added_by AS "addedBy", coalesce(said.comment, '') AS comment,
      ARRAY(SELECT other.name FROM team_indicator o JOIN team other ON other.id = o.team_id
        WHERE o.indicator_id = t.indicator_id AND o.active ORDER BY other.name) AS teams,
      coalesce((SELECT json_agg(json_build_object('id', f.id, 'name', f.name) ORDER BY f.name)
        FROM feed f WHERE f.id = ANY (t.feed_ids)), '[]') AS feeds,
      coalesce((SELECT json_agg(json_build_object('connectorId', c.id, 'connector', c.name, 'state', r.state) ORDER BY c.name)
        FROM receipt r JOIN connector c ON c.id = r.connector_id
        WHERE r.team_id = t.team_id AND r.indicator_id = t.indicator_id), '[]') AS destinations
    FROM unnest(${page.map(({ teamId }) => teamId)}::uuid[], ${page.map(({ indicatorId }) => indicatorId)}::bigint[])
        WITH ORDINALITY AS page (team_id, indicator_id, place)
      JOIN team_indicator t USING (team_id, indicator_id)
      JOIN indicator i ON i.id = t.indicator_id JOIN team ON team.id = t.team_id
      LEFT JOIN LATERAL (
        SELECT (array_agg(a.comment ORDER BY f.kind = 'local' DESC, a.id) FILTER (WHERE a.comment <> ''))[1] AS comment,
          max(a.context ->> 'addedBy') FILTER (WHERE f.kind = 'local') AS added_by
        FROM attribution a JOIN feed f ON f.id = a.feed_id
        WHERE a.team_id = t.team_id AND a.indicator_id = t.indicator_id AND a.until_generation IS NULL) said ON true
    ORDER BY page.place`;
  return rows.map((row) => ({ ...row, type: indicatorTypeFromCode(row.type), tlp: tlpFromCode(row.tlp) }));
};

type Row = Omit<ListedIndicator, "type" | "tlp"> & { type: number; tlp: number };

/** From here on a number is "about" it: counting further costs more than it tells. */
const COUNT_CEILING = 100_000;

/** How many rows a filter matches; `isExact` is false at 100,000 and above. */
export const countIndicators = (
  actor: Actor,
  { teamIds, filter }: Pick<Options, "teamIds" | "filter">,
): Promise<{ count: number; isExact: boolean }> =>
  asActor(actor, async (tx) => {
    const search = toSearch(filter);
    const [row] = await readingThrough(
      tx,
      filter,
      false,
      () => tx.$queryRaw<{ count: bigint }[]>`
        ${withFound(search)} SELECT count(*) FROM (
          SELECT FROM ${fromFound(search)} WHERE ${meets(teamIds, filter)} LIMIT ${COUNT_CEILING}
        ) matching`,
    );
    const count = Number(row?.count ?? 0);
    return { count, isExact: count < COUNT_CEILING };
  });

/** The keys of all rows that meet a filter, as a set of `team_id`, `indicator_id` and `added_at`. */
export const selectMatching = (teamIds: readonly string[], filter: IndicatorFilter): Prisma.Sql => {
  const search = toSearch(filter);
  return Prisma.sql`${withFound(search)} SELECT t.team_id, t.indicator_id, t.added_at
    FROM ${fromFound(search)} WHERE ${meets(teamIds, filter)}`;
};

const withFound = (search: Search | null): Prisma.Sql =>
  search === null ? Prisma.empty : Prisma.sql`WITH found AS MATERIALIZED (${selectFound(search)})`;

const fromFound = (search: Search | null): Prisma.Sql =>
  search === null
    ? Prisma.sql`team_indicator t`
    : Prisma.sql`found JOIN team_indicator t ON t.indicator_id = found.id`;

const meets = (teamIds: readonly string[], filter: IndicatorFilter): Prisma.Sql =>
  Prisma.sql`t.team_id = ANY (${[...teamIds]}::uuid[]) AND t.type = ANY (${wantedTypes(filter)}::smallint[])
    ${ofRow(filter)} ${amongSets(filter, teamIds)}`;
