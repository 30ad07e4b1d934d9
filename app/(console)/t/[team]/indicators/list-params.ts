import { z } from "zod";

import type { FilterChip } from "@/components/data-table/filter-chips";
import { INDICATOR_LOOKS } from "@/components/indicators/indicator-state-badge";
import { decodeCursor } from "@/lib/api/cursor";
import { AppError } from "@/lib/domain/errors";
import { INDICATOR_STATES } from "@/lib/domain/indicator/lifecycle";
import { INDICATOR_SORTS, type IndicatorFilter } from "@/lib/domain/indicator/list-query";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES, TLP_LABELS, TLPS } from "@/lib/domain/indicator/types";
import type { Cursor } from "@/lib/services/indicators/list-indicators";

const DEFAULT_SORT = "-addedAt";
/** So many pages lead back one by one; further back leads the first page. */
const MAX_TRAIL = 8;

const text = z.string().optional().catch(undefined);

/** The list's address: every part falls back, so that one edited by hand never breaks the page. */
export const listParamsSchema = z.object({
  q: z.string().trim().max(2_000).optional().catch(undefined),
  type: z.enum(INDICATOR_TYPES).optional().catch(undefined),
  feed: z.uuid().optional().catch(undefined),
  tlp: z.enum(TLPS).optional().catch(undefined),
  state: z.enum(INDICATOR_STATES).optional().catch(undefined),
  sort: z.enum(INDICATOR_SORTS).catch(DEFAULT_SORT),
  cursor: text,
  /** The cursors of the pages before this one, oldest first; the first page has none. */
  trail: text,
});
export type ListParams = z.output<typeof listParamsSchema>;

/** What the address narrows the list to. */
export const toFilter = ({ q, type, feed, tlp, state, sort }: ListParams): IndicatorFilter => ({
  sort,
  ...(q && { q }),
  ...(type && { type }),
  ...(feed && { feed }),
  ...(tlp && { tlp }),
  ...(state && { state }),
});

/** The place in the list that the address names; null for the first page and for a cursor that is not ours. */
export const toCursor = ({ cursor }: ListParams): Cursor | null => {
  try {
    const [key, id, team] = decodeCursor(cursor, cursorSchema) ?? [];
    return key !== undefined && id && team ? { key, id, team } : null;
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
};

/** This list with other parameters; `undefined` takes one away. Whatever narrows or sorts it starts at the first page. */
export const listHref = (
  base: string,
  params: ListParams,
  changes: Partial<Record<keyof ListParams, string | undefined>>,
): string => {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...params, cursor: undefined, trail: undefined, ...changes }))
    if (value && !(name === "sort" && value === DEFAULT_SORT)) query.set(name, value);
  return query.size === 0 ? base : `${base}?${query.toString()}`;
};

/** This list in each order, from its first page. */
export const toSortHrefs = (base: string, params: ListParams): Record<IndicatorFilter["sort"], string> => {
  const hrefs = {} as Record<IndicatorFilter["sort"], string>;
  for (const sort of INDICATOR_SORTS) hrefs[sort] = listHref(base, params, { sort });
  return hrefs;
};

type Pages = { firstHref?: string; previousHref?: string; nextHref?: string };

/** The ways from this page to its neighbours. */
export const pageHrefs = (base: string, params: ListParams, nextCursor: string | null): Pages => {
  const trail = params.trail?.split("~").filter((part) => part !== "") ?? [];
  const before = trail.at(-1);
  const hasTrail = params.cursor !== undefined;
  const toHere = params.cursor === undefined ? [] : [...trail, params.cursor].slice(-MAX_TRAIL);
  return {
    ...(hasTrail && {
      firstHref: listHref(base, params, {}),
      previousHref: listHref(base, params, { cursor: before, trail: trail.slice(0, -1).join("~") }),
    }),
    ...(nextCursor !== null && {
      nextHref: listHref(base, params, { cursor: nextCursor, trail: toHere.join("~") }),
    }),
  };
};

/** The filters in force, in words, each with the view without it. */
export const toChips = (base: string, params: ListParams, feedName: string | undefined): FilterChip[] => {
  const { q, type, state, tlp, feed } = params;
  const words: [keyof ListParams, string, string | undefined][] = [
    ["q", "Value", q],
    ["type", "Type", type && INDICATOR_TYPE_LABELS[type]],
    ["state", "State", state && INDICATOR_LOOKS[state].word],
    ["tlp", "TLP", tlp && TLP_LABELS[tlp]],
    ["feed", "Feed", feed && (feedName ?? "one that is gone")],
  ];
  return words.flatMap(([name, label, value]) =>
    value ? [{ label, value, removeHref: listHref(base, params, { [name]: undefined }) }] : [],
  );
};

const cursorSchema = z.tuple([z.string(), z.string().regex(/^\d{1,19}$/), z.uuid()]);
