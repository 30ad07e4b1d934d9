/** Of a plan's items: how many join a record of others, stand stricter than wanted, and become stricter or milder for others. */
export type PlanOverlap = { joins: number; stricter: number; raises: number; lowers: number };

/** What a plan means where others claim the same records, in sentences; none where it means nothing. */
export const describeOverlap = ({ joins, stricter, raises, lowers }: PlanOverlap): string[] =>
  [
    counted(joins, ["joins a record that stands", "join a record that stands"]),
    counted(stricter, ["stands", "stand"], " stricter than this connector wants, because of others"),
    counted(raises, ["becomes", "become"], " stricter for others"),
    counted(lowers, ["becomes", "become"], " milder for others"),
  ].filter((sentence) => sentence !== null);

const counted = (count: number, [one, many]: readonly [string, string], rest = ""): string | null =>
  count === 0 ? null : `${count.toLocaleString("en")} ${count === 1 ? one : many}${rest}.`;
