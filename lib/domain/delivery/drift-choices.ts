/** What becomes of what somebody changed or removed at a destination: the next plan puts it right, or it waits for a decision. */
export const DRIFT_MODES = ["restore", "ask"] as const;
export type DriftMode = (typeof DRIFT_MODES)[number];

/** What a person decides about one record: put right with the next plan, or left as it is there. */
export const DRIFT_CHOICES = ["restore", "leave"] as const;
export type DriftChoice = (typeof DRIFT_CHOICES)[number];

/** Why drift is not put right: it waits for somebody, or somebody left it. Null: it is. */
export const holdOf = (mode: DriftMode, choice: DriftChoice | null): "waits" | "left" | null => {
  if (choice === "leave") return "left";
  return mode === "ask" && choice === null ? "waits" : null;
};

/** A record that our application made and that we know nothing of. */
export type Stranger = {
  remoteId: string;
  value: string;
  action: string | null;
  title: string | null;
  /** Another record of the same value is known: this one stands beside it. */
  isDuplicate: boolean;
};
