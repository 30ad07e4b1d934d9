/**
 * How something that a plan to withdraw everything leaves out is on its way: a worker sends it; it waits and was not sent, so that the plan
 * takes its place; it was sent since without an answer; or a person saved it meanwhile, which goes before all plans.
 */
export const BESIDE_STATES = ["under-way", "waiting", "unanswered", "saved"] as const;
export type BesideState = (typeof BESIDE_STATES)[number];

type Beside = readonly { state: BesideState; count: number }[];

/** How much of it is in one of these states. */
export const sumBeside = (ways: Beside, states: readonly BesideState[] = BESIDE_STATES): number =>
  ways.reduce((sum, { state, count }) => (states.includes(state) ? sum + count : sum), 0);

/** Whether such a plan does something although nothing stands yet: what waits never arrives, and nothing keeps it from being applied. */
export const takesItsPlace = (ways: Beside): boolean =>
  sumBeside(ways, ["waiting"]) > 0 && sumBeside(ways, ["under-way"]) === 0;
