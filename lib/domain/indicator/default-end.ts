import { addDays } from "./validity";
import type { IndicatorType } from "./types";

/** A team's own rule for how long what its people add stays valid; null and nothing for a type: without end. */
export type DefaultEnd = {
  days: number | null;
  daysByType: Readonly<Partial<Record<IndicatorType, number>>>;
};

/** So many days a value of a type stays valid when nobody says otherwise; null: it has no end. */
export const defaultDaysOf = ({ days, daysByType }: DefaultEnd, type: IndicatorType): number | null =>
  daysByType[type] ?? days;

/** The end of a value that is added now; `stated` undefined: nobody said, null: it is to have none. */
export const endOf = (
  stated: string | null | undefined,
  type: IndicatorType,
  { rule, now }: { rule: DefaultEnd; now: Date },
): Date | null => {
  if (stated !== undefined) return stated === null ? null : new Date(stated);
  const days = defaultDaysOf(rule, type);
  return days === null ? null : addDays(now, days);
};
