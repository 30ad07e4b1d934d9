import type { Capacity } from "./capacity";

/** What a plan needs of a destination's places. */
export type PlanFit = {
  limit: number;
  /** Null: not visible to the team's application. */
  free: number | null;
  /** New records. */
  needed: number;
  /** Places that the plan's removals give back; these are sent first. */
  freed: number;
  /** So many of the new records would be refused; null when nobody knows. */
  refused: number | null;
  /** What does not fit and what to do, in words; null when all fits, as far as is known. */
  warning: string | null;
};

type Options = {
  capacity: Capacity;
  /** All that the plan adds and removes, whoever else has a part in it. */
  counts: { add: number; remove: number };
  /** What of these makes a new record, and what ends one. Told only where the team may see what others have there. */
  records: { made: number; ended: number };
};

/** Whether what a plan adds fits into what is free. Where others' records are not visible, the plan's own counts must do. */
export const judgeFit = ({ capacity, counts, records }: Options): PlanFit => {
  const { limit, free, foreign } = capacity;
  const isVisible = foreign !== null;
  const [needed, freed] = isVisible ? [records.made, records.ended] : [counts.add, counts.remove];
  const refused = free === null ? null : Math.max(0, needed - freed - free);
  const fit = { limit, free, needed, freed, refused };
  return { ...fit, warning: describeShortage(fit, isVisible) };
};

const describeShortage = (
  { limit, free, needed, freed, refused }: Omit<PlanFit, "warning">,
  isVisible: boolean,
): string | null => {
  if (refused === null || refused === 0 || free === null) return null;
  const whole = needed === 1 ? "the 1 new indicator" : `${count(needed)} new indicators`;
  const what = isVisible ? `${count(refused)} of ${whole}` : `About ${count(refused)} of ${whole}`;
  const room = isVisible
    ? `${count(free)} of ${count(limit)} places are free`
    : `the destination last said that all ${count(limit)} places are taken`;
  const more = freed === 0 ? "" : `, and removing gives back ${count(freed)}`;
  return `${what} would be refused: ${room}${more}. ${REMEDY}`;
};

const REMEDY =
  "The others are sent, and each refusal has its receipt. To make room, let the connector take less (feeds, types, lowest confidence), let indicators stay for fewer days, or have records removed that others put there; then plan again.";

const count = (value: number): string => value.toLocaleString("en");
