import type { ShownRunState } from "./run-state-badge";

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
  state: ShownRunState;
  trigger: string;
  queuedAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
  bytes: number | null;
  counts: RunCounts;
  error: { message: string } | null;
};

/** Whether a run waits for a worker or is being worked on. */
export const isUnderWay = ({ state }: Pick<ShownRun, "state">): boolean =>
  state === "queued" || state === "running";

/** How many values a held run would leave live: what was read, without duplicates and what is kept out. */
export const heldSize = ({ added, allowlisted }: RunCounts): number => added + allowlisted;
