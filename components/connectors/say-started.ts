import { formatCount } from "@/components/ui/format-number";

/** What becomes of what waited for sending to be switched on; `stopped` of it was planned before its connector was changed. */
export const sayStarted = (stopped: number): string =>
  stopped === 0
    ? "Sending goes on."
    : `Sending goes on, but for ${formatCount(stopped, "push", "pushes")} planned before the connector was changed. Make a new plan.`;
