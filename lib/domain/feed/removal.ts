import { INDICATOR_TYPES, type IndicatorType } from "../indicator/types";
import { DEFAULT_EXPIRY_DAYS } from "../indicator/validity";
import type { ExpiryBase } from "./expiry-settings";

/** What becomes of a value that its source no longer holds, ready for SQL. */
export type RemovalRule = {
  removal: "mirror" | "expire" | "keep";
  /** Under `mirror`: so many good runs a value may be missing in before it is withdrawn. */
  graceRuns: number;
  /** Under `expire`: what the age is counted from. A value that stands is seen now, so from last seen only what left ages. */
  expireFrom: ExpiryBase;
  /** Days for each type, by its code, the first being 1; empty under the other policies, which end nothing by age. */
  expiryDays: readonly number[];
};

type Policy = {
  removal: RemovalRule["removal"];
  graceRuns: number;
  expiryDays: number | null;
  expiryDaysByType: Partial<Record<IndicatorType, number>>;
  expireFrom: ExpiryBase;
};

/** A feed's policy as a rule: the days of a type, else the feed's own, else the defaults by type. */
export const toRemovalRule = ({
  removal,
  graceRuns,
  expiryDays,
  expiryDaysByType,
  expireFrom,
}: Policy): RemovalRule => ({
  removal,
  graceRuns,
  expireFrom,
  expiryDays:
    removal === "expire"
      ? INDICATOR_TYPES.map((type) => expiryDaysByType[type] ?? expiryDays ?? DEFAULT_EXPIRY_DAYS[type])
      : [],
});

/** The days after which a value ends while it stands at the source: none unless its age counts from first seen. */
export const standingDays = ({ expireFrom, expiryDays }: RemovalRule): readonly number[] =>
  expireFrom === "firstSeen" ? expiryDays : [];

/** For what never goes by itself: a team's own list. */
export const KEEP_ALL: RemovalRule = {
  removal: "keep",
  graceRuns: 0,
  expireFrom: "lastSeen",
  expiryDays: [],
};
