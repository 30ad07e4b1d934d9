/** How a connector is doing, the worst first. */
export type ConnectorState = "stopped" | "failing" | "waiting" | "paused" | "untested" | "ready";

type Health = {
  /** Who switched its sending off. */
  stop: unknown;
  enabled: boolean;
  lastTest: { ok: boolean } | null;
  /** Whatever was pushed last; null: nothing ever was. */
  lastPush: { queuedAt: Date; finishedAt: Date | null } | null;
  /** When what stands there was last compared with what was sent. */
  reconciledAt: Date | null;
  /** Since when the longest waiting of its pushes waits: its destination does not answer, asked for patience or has no room yet. */
  waitingSince: Date | null;
  /** A push stopped that has still something to send, or after which nothing was pushed. */
  hasStopped: boolean;
  credential: { createdAt: Date; refusedAt: Date | null } | null;
  /** Why it could not be compared with what was sent, when that was last tried. */
  reconcileProblem: string | null;
};

/** How a connector is doing, and since when where that is known. */
export const connectorStateOf = (health: Health): { state: ConnectorState; since: Date | null } => {
  const { stop, enabled, lastTest, waitingSince, hasStopped, credential, reconcileProblem } = health;
  const of = (state: ConnectorState, since: Date | null = null) => ({ state, since });
  if (stop !== null) return of("stopped");
  if (credential?.refusedAt) return of("failing", credential.refusedAt);
  if (lastTest?.ok === false || hasStopped) return of("failing");
  // An outage waits itself out; that nothing can be compared meanwhile is part of it.
  if (waitingSince !== null) return of("waiting", waitingSince);
  if (!enabled) return of("paused");
  if (reconcileProblem !== null) return of("failing");
  return of(lastTest === null && !hasWorked(health) ? "untested" : "ready");
};

/** Whether a push, or after one a comparison, went by what it signs in with now. */
const hasWorked = ({ lastPush, reconciledAt, credential }: Health): boolean => {
  if (lastPush === null) return false;
  if (credential === null) return true;
  const worked = [lastPush.finishedAt ?? lastPush.queuedAt, reconciledAt];
  return worked.some((at) => at !== null && at >= credential.createdAt);
};
