/** How far a plan's push has come. */
export type PlanPush = {
  state: "queued" | "running" | "done" | "stopped";
  counts: { planned: number; accepted: number; removed: number; failed: number; skipped: number };
};
type Plan = { state: "draft" | "applied" | "stale"; approvedAt: Date | null; push: PlanPush | null };

export type PlanPhase =
  "to-review" | "approved" | "stale" | "being-applied" | "stopped" | "applied" | "partly-applied";

/** Where a plan is on its way, by itself and its push; `taken` of `planned` is what the destination accepted so far. */
export const phaseOf = (plan: Plan): { phase: PlanPhase; taken: number; planned: number } => {
  const { planned = 0, accepted = 0, removed = 0 } = plan.push?.counts ?? {};
  const taken = accepted + removed;
  return { phase: nameOf(plan, taken < planned), taken, planned };
};

const nameOf = ({ state, approvedAt, push }: Plan, isShort: boolean): PlanPhase => {
  if (state === "stale") return "stale";
  if (state === "draft") return approvedAt === null ? "to-review" : "approved";
  // A push is forgotten before its plan is.
  if (push === null) return "applied";
  if (push.state === "done") return isShort ? "partly-applied" : "applied";
  return push.state === "stopped" ? "stopped" : "being-applied";
};
