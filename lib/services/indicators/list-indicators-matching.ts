import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";

import { amongSets, atDestination, ofRow } from "./list-indicators-conditions";
import {
  countFound,
  isFound,
  selectFound,
  toSearch,
  wantedTypes,
  type Search,
} from "./list-indicators-search";
import type { Query } from "./list-indicators-rows";
import { findFewNamed, type NamedSet } from "./list-indicators-sets";
import { after, SORTS, toOrder, type Cursor } from "./list-indicators-sorts";

export type Wanted = { teamIds: readonly string[]; filter: IndicatorFilter; search: Search | null };

/**
 * Where a search starts: at the values that meet it, whoever has them, as far as `most`; at the few rows that one condition
 * names; or at the team's rows, each of which is asked by itself. The first is bounded, so that what other teams hold neither slows an answer down nor shows in how long it took.
 */
export type Start = { at: "values"; most: number } | { at: "keys"; named: NamedSet } | { at: "team" };

/** So many rows of a team are asked one by one sooner than the index of all values is. */
export const SMALL = 20_000;
/** So many values are looked up in a team's view; of more, the team's rows are asked. */
export const MOST_FOUND = 50_000;

/**
 * Reads all that meets a filter, starting where that is bounded. `read` is given the start, and says of a search that started at
 * values how many it found; when there were more than may be, it is asked again, at the team's rows.
 */
export const startWell = async <T>(
  query: Query,
  wanted: Wanted,
  read: (start: Start) => Promise<{ found: number; result: T }>,
): Promise<T> => {
  const named = await findFewNamed(query, wanted);
  return named === null ? startUnnamed(query, wanted, read) : (await read({ at: "keys", named })).result;
};

/** As `startWell`, of a filter that is known to name no few rows. */
export const startUnnamed: typeof startWell = async (query, wanted, read) => {
  if (wanted.search !== null && !(await hasFewer(query, wanted, SMALL))) {
    const { found, result } = await read({ at: "values", most: MOST_FOUND });
    if (found < MOST_FOUND) return result;
  }
  return (await read({ at: "team" })).result;
};

/** Whether the teams have fewer rows that a filter could meet than that: told by theirs alone. */
export const hasFewer = async (
  query: Query,
  { teamIds, filter }: Pick<Wanted, "teamIds" | "filter">,
  most: number,
): Promise<boolean> => {
  const [row] = await query<{ count: bigint | string }>(Prisma.sql`
    SELECT count(*) FROM (SELECT FROM team_indicator t WHERE ${ofTeams(teamIds, filter)} LIMIT ${most}) counted`);
  return Number(row?.count) < most;
};

const ofTeams = (teamIds: readonly string[], filter: IndicatorFilter): Prisma.Sql =>
  Prisma.sql`t.team_id = ANY (${[...teamIds]}::uuid[]) AND t.type = ANY (${wantedTypes(filter)}::smallint[])`;

/** What comes before a statement that reads `matching`. */
export const withFound = ({ search }: Wanted, start: Start): Prisma.Sql => {
  if (start.at === "keys") return Prisma.sql`WITH found AS MATERIALIZED (${start.named.keys})`;
  return search === null || start.at === "team"
    ? Prisma.empty
    : Prisma.sql`WITH found AS MATERIALIZED (SELECT * FROM (${selectFound(search)}) every LIMIT ${start.most})`;
};

/** How many values a search that starts at values finds, counted no further than its start says; of another none are. */
export const countFoundFrom = async (query: Query, { search }: Wanted, start: Start): Promise<number> => {
  if (search === null || start.at !== "values") return 0;
  const [row] = await query<{ count: bigint | string }>(countFound(search, start.most));
  return Number(row?.count);
};

/** How many values `found` came to. */
export const foundOf = ({ search }: Wanted, start: Start): Prisma.Sql =>
  search === null || start.at !== "values" ? Prisma.sql`0` : Prisma.sql`(SELECT count(*) FROM found)`;

/** The rows `t` that meet a filter: what follows FROM. */
export const matching = (
  { teamIds, filter, search }: Wanted,
  start: Start,
  joined: Prisma.Sql = Prisma.empty,
): Prisma.Sql => {
  const isByValue = search !== null && start.at === "values";
  const isOfSet = start.at === "keys";
  const asked = isOfSet ? start.named.rest : filter;
  // OFFSET has each found value looked up by its key: a planner that takes eight of them for thousands reads all of the team's.
  const rows =
    isByValue || isOfSet
      ? Prisma.sql`found CROSS JOIN LATERAL (SELECT * FROM team_indicator t
          WHERE ${isOfSet ? Prisma.sql`t.team_id = found.team_id` : Prisma.sql`t.team_id = ANY (${[...teamIds]}::uuid[])`}
            AND t.indicator_id = found.id OFFSET 0) t`
      : Prisma.sql`team_indicator t`;
  return Prisma.sql`${rows} ${joined}
    WHERE ${ofTeams(teamIds, filter)} ${ofRow(asked)} ${amongSets(asked, teamIds)}
      ${search === null || isByValue ? Prisma.empty : Prisma.sql`AND ${isFound(search)}`}`;
};

/** Whether a row `t` meets a filter, asked of each by itself. */
export const meetsByRow = ({ teamIds, filter, search }: Wanted): Prisma.Sql => Prisma.sql`
  (t.type = ANY (${wantedTypes(filter)}::smallint[]) ${ofRow(filter)} ${atDestination(filter)}
    ${amongSets({ ...filter, destinationState: undefined }, teamIds)}
    ${search === null ? Prisma.empty : Prisma.sql`AND ${isFound(search)}`})`;

/** The keys of all that meet a filter, in the list's order. */
export const selectKeys = (wanted: Wanted, start: Start, cursor: Cursor | null): Prisma.Sql => {
  const { key, direction, walk } = SORTS[wanted.filter.sort];
  const values = walk === "value" ? joinValues(start) : Prisma.empty;
  return Prisma.sql`
    SELECT * FROM (
      SELECT t.team_id, t.indicator_id, ${key} AS sort_key, t.team_id AS "teamId", t.indicator_id AS "indicatorId",
        (${key})::text AS "sortKey"
      FROM ${matching(wanted, start, values)} ${after(wanted.filter.sort, cursor)}
    ) matching ORDER BY ${toOrder("sort_key", direction, "matching")}`;
};

// Of few rows each value is looked up: a planner that takes them for many reads all values there are.
const joinValues = (start: Start): Prisma.Sql =>
  start.at === "team"
    ? Prisma.sql`JOIN indicator i ON i.id = t.indicator_id`
    : Prisma.sql`CROSS JOIN LATERAL (SELECT value FROM indicator i WHERE i.id = t.indicator_id OFFSET 0) i`;

/**
 * The keys of all rows that meet a filter, as a set of `team_id`, `indicator_id` and `added_at`: every one, however many, read
 * from where that is bounded.
 */
export const selectMatching = (
  query: Query,
  teamIds: readonly string[],
  filter: IndicatorFilter,
): Promise<Prisma.Sql> => {
  const wanted = { teamIds, filter, search: toSearch(filter) };
  return startWell(query, wanted, async (start) => {
    // What came since it was counted is not to push another value out.
    const from: Start = start.at === "values" ? { at: "values", most: EVERY } : start;
    return {
      found: await countFoundFrom(query, wanted, start),
      result: Prisma.sql`${withFound(wanted, from)} SELECT t.team_id, t.indicator_id, t.added_at FROM ${matching(wanted, from)}`,
    };
  });
};

const EVERY = 2 ** 31 - 1;
