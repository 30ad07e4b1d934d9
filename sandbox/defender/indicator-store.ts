import { type Indicator } from "./indicator";

type SavedIndicators = { nextId: number; records: { tenantId: string; indicator: Indicator }[] };

export type IndicatorStore = {
  /** Active indicators of a tenant, oldest first. */
  list: (tenantId: string, now: Date) => Indicator[];
  count: (tenantId: string, now: Date) => number;
  find: (tenantId: string, id: string, now: Date) => Indicator | null;
  /** All active records of one type and value, whoever made them. */
  findSame: (
    tenantId: string,
    wanted: Pick<Indicator, "indicatorType" | "indicatorValue">,
    now: Date,
  ) => Indicator[];
  nextId: () => string;
  put: (tenantId: string, indicator: Indicator) => void;
  remove: (tenantId: string, id: string) => void;
  save: () => SavedIndicators;
};

/** `soonestExpiryMs` is never later than the first expiry on the shelf, so that most looks need no search. */
type Shelf = { byId: Map<string, Indicator>; idsByValue: Map<string, Set<string>>; soonestExpiryMs: number };

/** Indicators of all tenants. A record whose expiry has passed is gone, from lists and from the quota alike. */
export const createIndicatorStore = (saved: SavedIndicators): IndicatorStore => {
  const shelves = new Map<string, Shelf>();
  let lastId = saved.nextId - 1;

  const shelfOf = (tenantId: string): Shelf => {
    const known = shelves.get(tenantId);
    if (known !== undefined) return known;
    const shelf: Shelf = { byId: new Map(), idsByValue: new Map(), soonestExpiryMs: Infinity };
    shelves.set(tenantId, shelf);
    return shelf;
  };
  const put = (tenantId: string, indicator: Indicator): void => {
    const shelf = shelfOf(tenantId);
    shelf.byId.set(indicator.id, indicator);
    const key = valueKey(indicator);
    shelf.idsByValue.set(key, (shelf.idsByValue.get(key) ?? new Set()).add(indicator.id));
    shelf.soonestExpiryMs = Math.min(shelf.soonestExpiryMs, expiryMs(indicator));
  };
  const drop = (shelf: Shelf, indicator: Indicator): void => {
    shelf.byId.delete(indicator.id);
    const ids = shelf.idsByValue.get(valueKey(indicator));
    ids?.delete(indicator.id);
    if (ids?.size === 0) shelf.idsByValue.delete(valueKey(indicator));
  };
  const activeShelf = (tenantId: string, now: Date): Shelf => {
    const shelf = shelfOf(tenantId);
    if (shelf.soonestExpiryMs > now.getTime()) return shelf;
    shelf.soonestExpiryMs = Infinity;
    for (const indicator of shelf.byId.values()) {
      if (expiryMs(indicator) <= now.getTime()) drop(shelf, indicator);
      else shelf.soonestExpiryMs = Math.min(shelf.soonestExpiryMs, expiryMs(indicator));
    }
    return shelf;
  };

  for (const { tenantId, indicator } of saved.records) put(tenantId, indicator);

  return {
    list: (tenantId, now) => [...activeShelf(tenantId, now).byId.values()],
    count: (tenantId, now) => activeShelf(tenantId, now).byId.size,
    find: (tenantId, id, now) => activeShelf(tenantId, now).byId.get(id) ?? null,
    findSame: (tenantId, wanted, now) => {
      const shelf = activeShelf(tenantId, now);
      return [...(shelf.idsByValue.get(valueKey(wanted)) ?? [])].flatMap((id) => shelf.byId.get(id) ?? []);
    },
    nextId: () => {
      lastId += 1;
      return String(lastId);
    },
    put,
    remove: (tenantId, id) => {
      const shelf = shelfOf(tenantId);
      const indicator = shelf.byId.get(id);
      if (indicator !== undefined) drop(shelf, indicator);
    },
    save: () => ({
      nextId: lastId + 1,
      records: [...shelves].flatMap(([tenantId, shelf]) =>
        [...shelf.byId.values()].map((indicator) => ({ tenantId, indicator })),
      ),
    }),
  };
};

const expiryMs = (indicator: Indicator): number =>
  indicator.expirationTime === null ? Infinity : Date.parse(indicator.expirationTime);

/** The service compares hashes, names and addresses without case and keeps the first spelling; paths of URLs have case. */
const valueKey = ({
  indicatorType,
  indicatorValue,
}: Pick<Indicator, "indicatorType" | "indicatorValue">): string =>
  `${indicatorType} ${indicatorType === "Url" ? indicatorValue : indicatorValue.toLowerCase()}`;
