import "server-only";

import type { Tx } from "@/lib/db/client";
import { asActor } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import type { IndicatorFilter } from "@/lib/domain/indicator/list-query";

import { selectIndexed } from "./list-indicators-conditions";
import { foundOf, selectKeys, startUnnamed, withFound, type Start } from "./list-indicators-matching";
import { readingThrough } from "./list-indicators-reading";
import { queryOf, readRows, type ListedIndicator, type PageKey } from "./list-indicators-rows";
import { findFewNamed } from "./list-indicators-sets";
import { countFound, toSearch, wantedTypes, type Search } from "./list-indicators-search";
import { SORTS, type Cursor } from "./list-indicators-sorts";
import { isWhole, selectWalk, stagesOf, type PageOptions } from "./list-indicators-walk";

export type { ListedIndicator } from "./list-indicators-rows";
export type { Cursor } from "./list-indicators-sorts";

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
      indicators: await readRows(queryOf(tx), page),
      next: last ? { key: last.sortKey, id: String(last.indicatorId), team: last.teamId } : null,
    };
  });

const findPage = async (tx: Tx, options: PageOptions): Promise<PageKey[]> => {
  if (wantedTypes(options.filter).length === 0) return [];
  const { sort, addedBy, event } = options.filter;
  const named = await findFewNamed(queryOf(tx), options);
  if (named !== null) return (await readSorted(tx, options, { at: "keys", named })).result;
  const isFew = await areFewFound(tx, options.search);
  // A team's own list is read as a whole, and so is one event.
  const isOfSet = addedBy !== undefined || event !== undefined;
  const walked = isOfSet || isFew || (await areFewIndexed(tx, options)) ? null : await walk(tx, options);
  if (walked !== null) return walked;
  const read = (start: Start) =>
    readingThrough(tx, options.filter, SORTS[sort].walk === "value", () => readSorted(tx, options, start));
  return isFew
    ? (await read({ at: "values", most: 2 * FEW })).result
    : startUnnamed(queryOf(tx), options, read);
};

/** The keys of a page and of one row more, in the order of an index; null when the page's rows lie too far from each other. */
const walk = async (tx: Tx, options: PageOptions): Promise<PageKey[] | null> => {
  const keys: PageKey[] = [];
  // A page seems small to read and sort to a planner that knows little of the filter: the walk is what is wanted.
  await tx.$executeRaw`SELECT set_config('enable_sort', 'off', true)`;
  for (const stage of stagesOf(options)) {
    const rest = { ...options, limit: options.limit - keys.length };
    const walked = await tx.$queryRaw<(PageKey & { step: bigint })[]>(selectWalk(rest, stage));
    if (!isWhole(walked, rest)) {
      await tx.$executeRaw`SELECT set_config('enable_sort', 'on', true)`;
      return null;
    }
    keys.push(...walked);
    if (keys.length > options.limit) break;
  }
  return keys;
};

/** The keys of a page and of one row more, out of all that meet the filter. */
const readSorted = async (tx: Tx, options: PageOptions, start: Start) => {
  const { limit, cursor } = options;
  const rows = await tx.$queryRaw<Sorted[]>`
    ${withFound(options, start)} SELECT ${foundOf(options, start)}::bigint AS found, page.*
    FROM (VALUES (1)) one LEFT JOIN (
      SELECT "teamId", "indicatorId", "sortKey", row_number() OVER () AS place
      FROM (${selectKeys(options, start, cursor)} LIMIT ${limit + 1}) sorted
    ) page ON TRUE ORDER BY page.place`;
  return { found: Number(rows[0]?.found), result: rows.filter(isKey) };
};

type Sorted = { found: bigint } & (PageKey | { teamId: null });

const isKey = (row: Sorted): row is { found: bigint } & PageKey => row.teamId !== null;

/** So many values are looked up in a team's view sooner than a walk could begin. */
const FEW = 5_000;

const areFewFound = async (tx: Tx, search: Search | null): Promise<boolean> => {
  if (search?.isOrdered !== true) return false;
  const [found] = await tx.$queryRaw<{ count: bigint }[]>(countFound(search, FEW));
  return found !== undefined && found.count < FEW;
};

/** Whether a filter's rows are so few, by an index of theirs, that they are sorted sooner than a walk would meet them. */
const areFewIndexed = async (tx: Tx, { filter, teamIds }: PageOptions): Promise<boolean> => {
  const statement = selectIndexed(filter, teamIds);
  if (statement === null) return false;
  const [found] = await tx.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM (${statement} LIMIT ${FEW_ROWS}) counted`;
  return found !== undefined && found.count < FEW_ROWS;
};

const FEW_ROWS = 2_000;
