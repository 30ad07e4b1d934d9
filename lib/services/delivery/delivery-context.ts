import type { Application } from "./applications";
import type { Lanes } from "./lanes";
import type { Progress } from "./outage";
import type { OpenPush } from "./push-lease";

/** What one delivery of a push works with. */
export type Context = {
  push: OpenPush;
  own: Application;
  lanes: Lanes;
  signal: AbortSignal;
  /** As `signal`, and aborted as soon as the worker is to stop. */
  taking: AbortSignal;
  createdByRef: string;
  notify: (waitMs: number) => void;
  progress: Progress & {
    /** Some items may have been sent without our knowing the answer; they go first. */
    mayBeSent: boolean;
    /** What others hold there is known. */
    hasLooked: boolean;
    /** The destination knows who makes the records. */
    isIntroduced: boolean;
    /** Others wait for the destination. */
    isAwaited: boolean;
    /** Others wait for it to answer at all, and were not told yet that it does. */
    hasWaiting: boolean;
  };
};
