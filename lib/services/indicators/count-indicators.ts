import "server-only";

import { Prisma } from "@/lib/db/generated/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";

import {
  foundOf,
  hasFewer,
  matching,
  meetsByRow,
  withFound,
  type Start,
  type Wanted,
} from "./list-indicators-matching";
import { readingThrough } from "./list-indicators-reading";
import { queryOf, type Query } from "./list-indicators-rows";
import { findFewNamed } from "./list-indicators-sets";
import { toSearch, wantedTypes } from "./list-indicators-search";

/** From here on a number is "about" it: counting further costs more than it tells. */
const CEILING = 100_000;

type Count = { count: number; isExact: boolean };

/**
 * How many rows a filter matches; at 100,000 and above about how many, told by a sample of the teams' own rows. So is a smaller
 * number only of a text that very many values meet of which the teams, of more than 150,000 rows, have few.
 */
export const countIndicators = (
  actor: Actor,
  { teamIds, filter }: Pick<Wanted, "teamIds" | "filter">,
): Promise<Count> =>
  asActor(actor, async (tx) => {
    const wanted = { teamIds, filter, search: toSearch(filter) };
    if (wantedTypes(filter).length === 0) return { count: 0, isExact: true };
    const query = queryOf(tx);
    const named = await findFewNamed(query, wanted);
    if (named !== null) {
      const { count } = await countFrom(query, wanted, { at: "keys", named });
      return { count, isExact: true };
    }
    if (wanted.search !== null) return countSearch(query, wanted);
    // What of tags and lists is common is not read through to be told that it is.
    const isOfRows = filter.tag !== undefined || filter.feed !== undefined;
    const estimated =
      isOfRows && !(await hasFewer(query, wanted, CEILING)) ? await estimate(query, wanted) : 0;
    if (estimated >= SURELY) return about(estimated, CEILING);
    const { count } = await readingThrough(tx, filter, false, () => countFrom(query, wanted, { at: "team" }));
    return count < CEILING ? { count, isExact: true } : about(await estimate(query, wanted), CEILING);
  });

/** Of the values that anybody has, no more than these are read to begin with, and to end with. */
const FIRST_FOUND = 20_000;
const MOST_FOUND = 200_000;
/** Asking each row of so many takes as long as reading the most values. */
const MOST_ROWS = 150_000;
/** An estimate from here on will not turn out to be less than 100,000. */
const SURELY = 1.5 * CEILING;

const countSearch = async (query: Query, wanted: Wanted): Promise<Count> => {
  const exactly = (count: number): Count =>
    count < CEILING ? { count, isExact: true } : about(count, CEILING);
  if (await hasFewer(query, wanted, FIRST_FOUND))
    return exactly((await countFrom(query, wanted, { at: "team" })).count);
  const first = await countFrom(query, wanted, { at: "values", most: FIRST_FOUND });
  if (first.found < FIRST_FOUND) return exactly(first.count);
  const estimated = await estimate(query, wanted);
  if (estimated >= SURELY) return about(estimated, CEILING);
  if (await hasFewer(query, wanted, MOST_ROWS))
    return exactly((await countFrom(query, wanted, { at: "team" })).count);
  const last = await countFrom(query, wanted, { at: "values", most: MOST_FOUND });
  return last.found < MOST_FOUND ? exactly(last.count) : about(estimated, 0);
};

const countFrom = async (
  query: Query,
  wanted: Wanted,
  start: Start,
): Promise<{ count: number; found: number }> => {
  const [row] = await query<{ count: bigint; found: bigint }>(Prisma.sql`
    ${withFound(wanted, start)}
    SELECT count(*), ${foundOf(wanted, start)}::bigint AS found
    FROM (SELECT FROM ${matching(wanted, start)} LIMIT ${CEILING}) matching`);
  return { count: Number(row?.count ?? 0), found: Number(row?.found ?? 0) };
};

/**
 * Of each team's rows, one in two hundred: in two hundred pieces spread over its values as they came to be, each anywhere in its two
 * hundredth, so that no rhythm of the rows is met; always the same ones, so that a number stays while the rows do.
 */
const PIECES = 200;
const SHARE = 0.005;

const estimate = async (query: Query, wanted: Wanted): Promise<number> => {
  const [row] = await query<{ about: number | null }>(Prisma.sql`
    SELECT sum(piece.fitting::float8 * span.size / (${PIECES} * width.ids))::float8 AS about
    FROM unnest(${[...wanted.teamIds]}::uuid[]) AS wanted (id)
      CROSS JOIN LATERAL (SELECT min(t.indicator_id) AS start, max(t.indicator_id) - min(t.indicator_id) + 1 AS size
        FROM team_indicator t WHERE t.team_id = wanted.id) span
      CROSS JOIN LATERAL (SELECT greatest(1, span.size * ${SHARE}::float8 / ${PIECES})::bigint AS ids) width
      CROSS JOIN generate_series(0, ${PIECES - 1}) AS number
      CROSS JOIN LATERAL (SELECT span.start + ((number + (hashint4(number) & 1023) / 1024.0 * ${1 - SHARE}::float8)
        * span.size / ${PIECES})::bigint AS start) place
      CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE ${meetsByRow(wanted)}) AS fitting FROM team_indicator t
        WHERE t.team_id = wanted.id AND t.indicator_id >= place.start AND t.indicator_id < place.start + width.ids) piece`);
  return row?.about ?? 0;
};

/** Two digits of it: more would seem exact. */
const about = (estimated: number, atLeast: number): Count => ({
  count: Math.max(atLeast, Number(estimated.toPrecision(2))),
  isExact: false,
});
