import { isUnderWay, type ShownRun } from "./shown-run";

/**
 * The run that a feed's page must follow to its end: the newest that any part of it shows as under way. The parts are read one
 * after another, so that one may show a run as ended that another still shows as running.
 */
export const findFollowedRun = <Run extends Pick<ShownRun, "state">>(
  lastRun: Run | null,
  runs: readonly Run[],
): Run | null => [...(lastRun === null ? [] : [lastRun]), ...runs].find(isUnderWay) ?? null;
