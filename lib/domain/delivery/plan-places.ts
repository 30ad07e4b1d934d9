/** So long a plan that nobody applied keeps places from others at a destination that has a limit. */
export const PLACES_KEPT_HOURS = 24;

type Plan = {
  state: "draft" | "applied" | "stale";
  counts: { add: number };
  /** Null where there is no limit, or the plan was not ranked. */
  budget: object | null;
  createdAt: Date;
  /** A newer plan, which has the places instead. */
  newer: string | null;
  superseded: object | null;
};

/** Until when a plan keeps places for what it adds, if nobody applies it; null for one that keeps none. */
export const placesKeptUntil = ({
  state,
  counts,
  budget,
  createdAt,
  newer,
  superseded,
}: Plan): Date | null =>
  state === "draft" && counts.add > 0 && budget !== null && newer === null && superseded === null
    ? new Date(createdAt.getTime() + PLACES_KEPT_HOURS * HOUR_MS)
    : null;

const HOUR_MS = 3_600_000;
