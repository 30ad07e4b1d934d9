/** How a connector is doing, the worst first. */
export type ConnectorState = "stopped" | "failing" | "waiting" | "paused" | "untested" | "ready";

type Health = {
  /** Who switched its sending off. */
  stop: unknown;
  enabled: boolean;
  lastTest: { ok: boolean } | null;
  /** `waitingSince`: its destination does not answer. */
  lastPush: { state: string; waitingSince: Date | null } | null;
  credential: { refusedAt: Date | null } | null;
  /** Why it could not be compared with what was sent, when that was last tried. */
  reconcileProblem: string | null;
};

/** How a connector is doing, and since when where that is known. */
export const connectorStateOf = (health: Health): { state: ConnectorState; since: Date | null } => {
  const { stop, enabled, lastTest, lastPush, credential, reconcileProblem } = health;
  const of = (state: ConnectorState, since: Date | null = null) => ({ state, since });
  if (stop !== null) return of("stopped");
  if (credential?.refusedAt) return of("failing", credential.refusedAt);
  if (lastTest?.ok === false || lastPush?.state === "stopped") return of("failing");
  // An outage waits itself out; that nothing can be compared meanwhile is part of it.
  if (isOpen(lastPush) && lastPush.waitingSince !== null) return of("waiting", lastPush.waitingSince);
  if (!enabled) return of("paused");
  if (reconcileProblem !== null) return of("failing");
  return of(lastTest === null && lastPush === null ? "untested" : "ready");
};

const isOpen = <T extends { state: string }>(push: T | null): push is T =>
  push?.state === "queued" || push?.state === "running";
