import { AppError } from "@/lib/domain/errors";

export type Deadline = { signal: AbortSignal; stop: () => void };

/** A signal that fires after `totalMs` with a sentence about `host`, or when `caller` does. `stop()` ends the clock. */
export const startDeadline = (totalMs: number, host: string, caller?: AbortSignal): Deadline => {
  const clock = new AbortController();
  const timer = setTimeout(() => {
    const message = `${host} took longer than ${String(Math.round(totalMs / 1000))} seconds for the whole answer.`;
    clock.abort(new AppError("upstream_unavailable", message, { retry: "later" }));
  }, totalMs);
  // A body that nobody reads must not keep the process alive.
  timer.unref();
  return {
    signal: caller ? AbortSignal.any([caller, clock.signal]) : clock.signal,
    stop: () => {
      clearTimeout(timer);
    },
  };
};
