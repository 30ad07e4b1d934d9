import type { RunState, ShownRunState } from "./run-state-badge";

/** Where the values of a run went; the first seven outcomes add up to `values`. */
export type RunCounts = {
  lines: number;
  values: number;
  added: number;
  changed: number;
  unchanged: number;
  duplicate: number;
  excluded: number;
  allowlisted: number;
  rejected: number;
  removed: number;
  active: number;
};

/** What is shown of a run. */
export type ShownRun = {
  id: string;
  number: number;
  state: RunState;
  trigger: string;
  queuedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  bytes: number | null;
  counts: RunCounts;
  error: { code: string; message: string } | null;
  /** The number of the run that this one found again, which is held or was discarded; null for every other. */
  sameAs: number | null;
  /** False for a run that found what is held, or was left by rollback: that is not what is live. */
  isLive: boolean;
};

/** How a run is shown: one that found again what is held or was discarded is no good one, though nothing changed. */
export const shownStateOf = ({ state, sameAs }: Pick<ShownRun, "state" | "sameAs">): ShownRunState =>
  state === "unchanged" && sameAs !== null ? "same" : state;

/** What came of a run beside its counts, in sentences; null when there is nothing to tell. */
export const describeOutcome = ({
  state,
  error,
  sameAs,
}: Pick<ShownRun, "state" | "error" | "sameAs">): string | null => {
  if (sameAs !== null)
    return `The source gave the same as in run ${String(sameAs)}, which was not accepted. Nothing was changed.`;
  // Of one that was accepted, what held it before stands there until it is over.
  if (error === null || isUnderWay({ state })) return null;
  // A decision that was taken is not asked for again.
  return state === "discarded" ? reasonOf(error.message) : error.message;
};

/** Why a run is or was held, without what can be done about it. */
const reasonOf = (message: string): string => message.split(" The last good run stays live.")[0] ?? message;

/** Whether a run waits for a worker or is being worked on. */
export const isUnderWay = ({ state }: Pick<ShownRun, "state">): boolean =>
  state === "queued" || state === "running";

/** How many values a held run would leave live: what was read, without duplicates and what is kept out. */
export const heldSize = ({ added, allowlisted }: RunCounts): number => added + allowlisted;
