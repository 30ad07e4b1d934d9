import { z } from "zod";

import type { FilterChip } from "@/components/data-table/filter-chips";
import { RECEIPT_LOOKS } from "@/components/connectors/delivery-state-badges";
import { INDICATOR_LOOKS } from "@/components/indicators/indicator-state-badge";
import { decodeCursor } from "@/lib/api/cursor";
import { RECEIPT_STATES } from "@/lib/domain/delivery/receipt-states";
import { AppError } from "@/lib/domain/errors";
import { INDICATOR_STATES } from "@/lib/domain/indicator/lifecycle";
import { INDICATOR_SORTS, MOST_DAYS, type IndicatorFilter } from "@/lib/domain/indicator/list-query";
import { DENSITIES, LIST_COLUMNS, type Density } from "@/lib/domain/indicator/list-view";
import { INDICATOR_TYPE_LABELS, INDICATOR_TYPES, TLP_LABELS, TLPS } from "@/lib/domain/indicator/types";
import type { Cursor } from "@/lib/services/indicators/list-indicators";

const DEFAULT_SORT = "-addedAt";
/** So many pages lead back one by one; further back leads the first page. */
const MAX_TRAIL = 8;

const text = z.string().optional().catch(undefined);
const whole = (least: number, most: number) =>
  z.coerce.number().int().min(least).max(most).optional().catch(undefined);

/** Several values with commas between them; those that are none of the list's are passed over. */
const several = <Item extends z.ZodType<string>>(item: Item) =>
  z
    .union([z.string(), z.array(z.string())])
    .transform((given) => {
      const parts = [given].flat().flatMap((part) => part.split(","));
      const read = parts.flatMap((part) => item.safeParse(part).data ?? []) as z.output<Item>[];
      return read.length === 0 ? undefined : [...new Set(read)];
    })
    .optional()
    .catch(undefined);

const filterParams = {
  q: z.string().trim().max(2_000).optional().catch(undefined),
  type: several(z.enum(INDICATOR_TYPES)),
  state: several(z.enum(INDICATOR_STATES)),
  tlp: several(z.enum(TLPS)),
  feed: several(z.uuid()),
  minConfidence: whole(0, 100),
  destinationState: several(z.enum(RECEIPT_STATES)),
  expiringWithinDays: whole(1, MOST_DAYS),
  addedBy: z.uuid().optional().catch(undefined),
  tag: z.string().trim().min(1).max(200).optional().catch(undefined),
  event: z.string().trim().min(1).max(200).optional().catch(undefined),
};
type FilterName = keyof typeof filterParams;

/** The list's address: every part falls back, so that one edited by hand never breaks the page. */
export const listParamsSchema = z.object({
  ...filterParams,
  sort: z.enum(INDICATOR_SORTS).catch(DEFAULT_SORT),
  /** The saved view that the address came from; `none`: the whole list, whatever view it opens with. */
  view: z
    .union([z.uuid(), z.literal("none")])
    .optional()
    .catch(undefined),
  columns: several(z.enum(LIST_COLUMNS)),
  density: z.enum(DENSITIES).optional().catch(undefined),
  cursor: text,
  /** The cursors of the pages before this one, oldest first; the first page has none. */
  trail: text,
});
export type ListParams = z.output<typeof listParamsSchema>;

/**
 * What an address asks for that the list does not know, in words: such a part narrows nothing, and a page that shows more than was
 * asked for must say so.
 */
export const findUnread = (asked: Readonly<Record<string, string | string[] | undefined>>): string[] =>
  Object.entries(filterParams).flatMap(([name, schema]) => {
    const given = [asked[name] ?? []].flat().filter((part) => part.trim() !== "");
    if (given.length === 0) return [];
    const read: unknown = schema.parse(asked[name]);
    if (!Array.isArray(read)) return read === undefined ? [`${name} “${cut(given.join(","))}”`] : [];
    return given
      .flatMap((part) => part.split(","))
      .filter((part) => part !== "" && !(read as unknown[]).includes(part))
      .map((part) => `${name} “${cut(part)}”`);
  });

const cut = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);

/** What the address narrows the list to. */
export const toFilter = (list: ListParams): IndicatorFilter => {
  const {
    cursor: _cursor,
    trail: _trail,
    view: _view,
    columns: _columns,
    density: _density,
    ...params
  } = list;
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== "");
  return { ...(Object.fromEntries(given) as Omit<IndicatorFilter, "sort">), sort: params.sort };
};

/** Whether a filter is in force that the page folds away. */
export const isMoreInForce = (params: ListParams): boolean =>
  FOLDED.some((name) => params[name] !== undefined);

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
  for (const [name, given] of Object.entries({
    ...params,
    cursor: undefined,
    trail: undefined,
    ...changes,
  })) {
    const value = Array.isArray(given) ? given.join(",") : String(given ?? "");
    if (value !== "" && !(name === "sort" && value === DEFAULT_SORT)) query.set(name, value);
  }
  return query.size === 0 ? base : `${base}?${query.toString()}`;
};

/** What narrows and sorts this list, as a view keeps it. */
export const toQuery = (params: ListParams): string =>
  listHref("", params, { view: undefined, columns: undefined, density: undefined }).replace(/^\?/, "");

type ViewParts = { id: string; query: string; columns: readonly string[]; density: Density };

/** The list as a saved view has it. */
export const viewHref = (base: string, { id, query, columns, density }: ViewParts): string => {
  const looks = { view: id, columns: columns.length === 0 ? undefined : columns.join(","), density };
  const params = listParamsSchema.parse(Object.fromEntries(new URLSearchParams(query)));
  return listHref(base, params, looks);
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

/** What ids in the address are called. */
export type Names = {
  feeds: readonly { id: string; name: string }[];
  people: readonly { id: string; name: string }[];
};

/** The filters in force, in words, each with the view without it. */
export const toChips = (base: string, params: ListParams, names: Names): FilterChip[] =>
  (Object.keys(filterParams) as FilterName[]).flatMap((name) => {
    const given = params[name];
    const all = Array.isArray(given) ? given : given === undefined || given === "" ? [] : [String(given)];
    return all.map((value) => {
      const others = all.filter((other) => other !== value).join(",");
      const removeHref = listHref(base, params, { [name]: others === "" ? undefined : others });
      return { label: LABELS[name], value: wordsOf(name, value, names), removeHref };
    });
  });

const LABELS: Readonly<Record<FilterName, string>> = {
  q: "Value",
  type: "Type",
  state: "State",
  tlp: "TLP",
  feed: "Feed",
  minConfidence: "Confidence",
  destinationState: "At a destination",
  expiringWithinDays: "Expiring within",
  addedBy: "Added by",
  tag: "Tag",
  event: "Event at the source",
};

const wordsOf = (name: FilterName, value: string, { feeds, people }: Names): string => {
  const words: Partial<Record<FilterName, string | undefined>> = {
    type: (INDICATOR_TYPE_LABELS as Readonly<Record<string, string>>)[value],
    state: (INDICATOR_LOOKS as Readonly<Record<string, { word: string }>>)[value]?.word,
    tlp: (TLP_LABELS as Readonly<Record<string, string>>)[value],
    feed: feeds.find(({ id }) => id === value)?.name ?? "one that is gone",
    minConfidence: `${value} or more`,
    destinationState: (RECEIPT_LOOKS as Readonly<Record<string, { word: string }>>)[value]?.word,
    expiringWithinDays: value === "1" ? "a day" : `${value} days`,
    addedBy: people.find(({ id }) => id === value)?.name ?? "somebody who has left",
  };
  return words[name] ?? value;
};

const FOLDED = ["minConfidence", "destinationState", "expiringWithinDays", "addedBy", "tag"] as const;
const cursorSchema = z.tuple([z.string(), z.string().regex(/^\d{1,19}$/), z.uuid()]);
