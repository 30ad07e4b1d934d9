import { type Indicator } from "./indicator";

type SavedIndicators = { nextId: number; records: { tenantId: string; indicator: Indicator }[] };

export type IndicatorStore = {
  /** Active indicators of a tenant, oldest first; with `lagMs`, as they stood so long ago. */
  list: (tenantId: string, now: Date, lagMs?: number) => Indicator[];
  count: (tenantId: string, now: Date) => number;
  /** How many were deleted so short a time ago. */
  countDeleted: (tenantId: string, now: Date, withinMs: number) => number;
  find: (tenantId: string, id: string, now: Date) => Indicator | null;
  /** All active records of one type and value, whoever made them. */
  findSame: (
    tenantId: string,
    wanted: Pick<Indicator, "indicatorType" | "indicatorValue">,
    now: Date,
  ) => Indicator[];
  nextId: () => string;
  /** `at`: when a request wrote it; left out, it has stood there for long. */
  put: (tenantId: string, indicator: Indicator, at?: Date) => void;
  remove: (tenantId: string, id: string, at: Date) => void;
  save: () => SavedIndicators;
};

/** `soonestExpiryMs` is never later than the first expiry on the shelf, so that most looks need no search. */
type Shelf = {
  byId: Map<string, Indicator>;
  idsByValue: Map<string, Set<string>>;
  soonestExpiryMs: number;
  /** What requests did lately, for those who see it late; not saved. */
  changes: Change[];
};
type Change = { id: string; before: Indicator | null; isDeletion: boolean; atMs: number };
/** No switch lets anything lag for longer. */
const KEPT_MS = 3_600_000;

/** Indicators of all tenants. A record whose expiry has passed is gone, from lists and from the quota alike. */
export const createIndicatorStore = (saved: SavedIndicators): IndicatorStore => {
  const shelves = new Map<string, Shelf>();
  let lastId = saved.nextId - 1;

  const shelfOf = (tenantId: string): Shelf => {
    const known = shelves.get(tenantId);
    if (known !== undefined) return known;
    const shelf: Shelf = { byId: new Map(), idsByValue: new Map(), soonestExpiryMs: Infinity, changes: [] };
    shelves.set(tenantId, shelf);
    return shelf;
  };
  const note = (shelf: Shelf, id: string, at: Date, isDeletion: boolean): void => {
    const atMs = at.getTime();
    while ((shelf.changes[0]?.atMs ?? atMs) < atMs - KEPT_MS) shelf.changes.shift();
    shelf.changes.push({ id, before: shelf.byId.get(id) ?? null, isDeletion, atMs });
  };
  const put = (tenantId: string, indicator: Indicator, at?: Date): void => {
    const shelf = shelfOf(tenantId);
    if (at) note(shelf, indicator.id, at, false);
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
    list: (tenantId, now, lagMs = 0) => {
      const shelf = activeShelf(tenantId, now);
      return lagMs === 0 ? [...shelf.byId.values()] : asBefore(shelf, now, lagMs);
    },
    count: (tenantId, now) => activeShelf(tenantId, now).byId.size,
    countDeleted: (tenantId, now, withinMs) => {
      if (withinMs === 0) return 0;
      const since = now.getTime() - withinMs;
      return shelfOf(tenantId).changes.filter(({ isDeletion, atMs }) => isDeletion && atMs > since).length;
    },
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
    remove: (tenantId, id, at) => {
      const shelf = shelfOf(tenantId);
      const indicator = shelf.byId.get(id);
      if (indicator === undefined) return;
      note(shelf, id, at, true);
      drop(shelf, indicator);
    },
    save: () => ({
      nextId: lastId + 1,
      records: [...shelves].flatMap(([tenantId, shelf]) =>
        [...shelf.byId.values()].map((indicator) => ({ tenantId, indicator })),
      ),
    }),
  };
};

/** What changed since is undone, the last change first. */
const asBefore = ({ byId, changes }: Shelf, now: Date, lagMs: number): Indicator[] => {
  const then = new Map(byId);
  for (const { id, before, atMs } of changes.toReversed()) {
    if (atMs <= now.getTime() - lagMs) break;
    if (before === null) then.delete(id);
    else then.set(id, before);
  }
  return [...then.values()]
    .filter((indicator) => expiryMs(indicator) > now.getTime())
    .sort((one, other) => Number(one.id) - Number(other.id));
};

const expiryMs = (indicator: Indicator): number =>
  indicator.expirationTime === null ? Infinity : Date.parse(indicator.expirationTime);

/** The service compares hashes, names and addresses without case and keeps the first spelling; paths of URLs have case. */
const valueKey = ({
  indicatorType,
  indicatorValue,
}: Pick<Indicator, "indicatorType" | "indicatorValue">): string =>
  `${indicatorType} ${indicatorType === "Url" ? indicatorValue : indicatorValue.toLowerCase()}`;
