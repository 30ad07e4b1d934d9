import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";
import { INDICATOR_TYPES } from "@/lib/domain/indicator/types";

import { atDestination, ofRow } from "./list-indicators-conditions";
import { isFound, wantedTypes, type Search } from "./list-indicators-search";
import { after, SORTS, toOrder, type Cursor } from "./list-indicators-sorts";

export type PageOptions = {
  teamIds: readonly string[];
  filter: IndicatorFilter;
  search: Search | null;
  limit: number;
  cursor: Cursor | null;
};
/** `step`: how far into its walk a row was met; a row of the last step may not meet the filter. */
type WalkedKey = { step: bigint };

/**
 * The keys of a page and of one row more, by walking each team's rows in the list's order until there are enough of them. Short
 * in a set of any size when many rows meet the filter, wherever they stand; given up after some thousands, since of a filter
 * that few rows meet, or only rows at the other end, the whole set is sorted sooner.
 */
export const selectWalk = (options: PageOptions, stage: Stage): Prisma.Sql => {
  const { teamIds, filter, limit } = options;
  const { direction } = SORTS[filter.sort];
  const steps = stepsOf(options);
  // Rows without an end have one key.
  const order =
    stage === "endless"
      ? Prisma.sql`indicator_id`
      : Prisma.sql`sort_key ${direction}, indicator_id ${direction}`;
  // Each has an index in this order, and they are merged on the way.
  const strands = (stage === "endless" ? [endless(options)] : strandsOf(options)).map(
    (strand) => Prisma.sql`(${strand} ORDER BY ${order} LIMIT ${steps})`,
  );
  return Prisma.sql`
    SELECT best.team_id AS "teamId", best.indicator_id AS "indicatorId", best.sort_key::text AS "sortKey", best.step
    FROM team wanted CROSS JOIN LATERAL (
      SELECT * FROM (
        SELECT wanted.id AS team_id, merged.*, row_number() OVER (ORDER BY ${order}) AS step
        FROM (SELECT * FROM (${Prisma.join(strands, " UNION ALL ")}) strands ORDER BY ${order} LIMIT ${steps}) merged
      ) walked
      WHERE walked.fits OR walked.step = ${steps} ORDER BY ${order} LIMIT ${limit + 1}
    ) best
    WHERE wanted.id = ANY (${[...teamIds]}::uuid[])
    ORDER BY ${toOrder("sort_key", direction, "best")} LIMIT ${limit + 1}`;
};

/** The walks of an order, one after the other: rows that have no end are in no index of ends, and come after those that have. */
export const stagesOf = ({ filter, cursor }: PageOptions): readonly Stage[] => {
  if (SORTS[filter.sort].walk !== "end") return ["all"];
  return cursor?.key === "infinity" ? ["endless"] : ["all", "endless"];
};

type Stage = "all" | "endless";

/** Whether a walk met all rows of its page: none was given up before its end. */
export const isWhole = (keys: readonly WalkedKey[], options: PageOptions): boolean => {
  const steps = BigInt(stepsOf(options));
  return keys.every(({ step }) => step < steps);
};

const stepsOf = ({ search, teamIds }: PageOptions): number =>
  Math.max(FEWEST_STEPS, Math.floor((search === null ? STEPS : SEARCH_STEPS) / Math.max(1, teamIds.length)));

const strandsOf = (options: PageOptions): Prisma.Sql[] => {
  const { filter, cursor } = options;
  const { key, walk } = SORTS[filter.sort];
  const types = wantedTypes(filter);
  const fits = conditions(options);
  const place = after(filter.sort, cursor);
  const ofTeam = (condition: Prisma.Sql, meets: Prisma.Sql) => Prisma.sql`
    SELECT t.indicator_id, ${key} AS sort_key, ${meets} AS fits FROM team_indicator t
    WHERE t.team_id = wanted.id ${condition} ${place}`;
  if (walk === "team") return [ofTeam(Prisma.empty, ofAnyType(types, fits))];
  if (walk === "end")
    return [
      Prisma.sql`SELECT t.indicator_id, t.valid_until AS sort_key, ${ofAnyType(types, fits)} AS fits FROM team_indicator t
        WHERE t.team_id = wanted.id AND t.valid_until IS NOT NULL ${fromEnd(filter)} ${after(filter.sort, cursor, { key: Prisma.sql`t.valid_until` })}`,
    ];
  // What a run that is not over has put in would be walked past one by one, since nobody sees it yet: all of it is newer than
  // the team's last merge. Without the SELECT around it, row security has that bound looked at row by row, instead of the walk
  // beginning there.
  const seen = Prisma.sql`AND t.added_at <= (SELECT coalesce(wanted.merged_at, 'infinity'))`;
  if (walk === "type")
    return types.map((type) => ofTeam(Prisma.sql`AND t.type = ${type}::smallint ${seen}`, fits));
  return types.map(
    (type) => Prisma.sql`
      SELECT i.id AS indicator_id, ${key} AS sort_key,
        (SELECT ${fits} FROM team_indicator t WHERE t.team_id = wanted.id AND t.indicator_id = i.id) AS fits
      FROM indicator i WHERE i.type = ${type}::smallint
        ${after(filter.sort, cursor, { id: Prisma.sql`i.id`, team: Prisma.sql`wanted.id` })}`,
  );
};

/** What has ended already is not walked past when nothing of it is asked for. */
const fromEnd = ({ state, expiringWithinDays }: IndicatorFilter): Prisma.Sql =>
  expiringWithinDays !== undefined || (state?.length === 1 && state[0] === "active")
    ? Prisma.sql`AND t.valid_until > now()`
    : Prisma.empty;

/** Rows without an end as they came to be: the others are walked past, and count as steps. */
const endless = (options: PageOptions): Prisma.Sql => {
  const { cursor } = options;
  const fits = ofAnyType(wantedTypes(options.filter), conditions(options));
  const place =
    cursor?.key === "infinity"
      ? Prisma.sql`AND (t.indicator_id, t.team_id) > (${cursor.id}::bigint, ${cursor.team}::uuid)`
      : Prisma.empty;
  return Prisma.sql`
    SELECT t.indicator_id, 'infinity'::timestamptz AS sort_key, (t.valid_until IS NULL AND ${fits}) AS fits
    FROM team_indicator t WHERE t.team_id = wanted.id ${place}`;
};

const ofAnyType = (types: readonly number[], fits: Prisma.Sql): Prisma.Sql =>
  types.length === INDICATOR_TYPES.length
    ? fits
    : Prisma.sql`(t.type = ANY (${[...types]}::smallint[]) AND ${fits})`;

const conditions = ({ filter, search }: PageOptions): Prisma.Sql =>
  Prisma.sql`(TRUE ${ofRow(filter)} ${atDestination(filter)} ${search === null ? Prisma.empty : Prisma.sql`AND ${isFound(search)}`})`;

/** In all, shared among the teams of a list. */
const STEPS = 16_000;
/** Each step of a search reads the value, too. */
const SEARCH_STEPS = 2_000;
const FEWEST_STEPS = 200;
