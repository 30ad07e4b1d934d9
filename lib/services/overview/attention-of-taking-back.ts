import type { Attention } from "./attention";

/** A plan that takes back alone, and waits for a person. `subject`: what is held back; null: what is not wanted any more. */
type TakingBack = {
  id: string;
  name: string;
  planId: string;
  remove: number;
  subject: string | null;
  isStale: boolean;
  /** What of it is more than one person may apply, while nobody else approved it. */
  excess: readonly string[];
};

/** What still stands at a destination although it is held back, or not wanted any more where the connector is paused. */
export const attentionOfTakingBack = (plan: TakingBack): Attention => {
  const { id, name, planId, remove, subject, isStale, excess } = plan;
  if (isStale)
    return {
      kind: "unplanned",
      message: `${name} is paused, and its last plan to take back what is not wanted any more was stale. Plan the removals, look and apply.`,
      path: `connectors/${id}`,
    };
  const what = `a plan that takes back ${remove.toLocaleString("en-US")} (${subject ?? "not wanted any more"})`;
  const where = subject === null ? `${name} is paused: ${what}` : `${name}: ${what}`;
  const waits =
    excess.length > 0 ? `waits for a second person’s approval. ${excess.join(" ")}` : "waits to be applied.";
  return { kind: "waiting-plan", message: `${where} ${waits}`, path: `plans/${planId}` };
};
