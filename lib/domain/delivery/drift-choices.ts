/** What becomes of what somebody changed or removed at a destination: the next plan puts it right, or it waits for a decision. */
export const DRIFT_MODES = ["restore", "ask"] as const;
export type DriftMode = (typeof DRIFT_MODES)[number];

/** What a person decides about one record that is kept with it: put right with the next plan, or ignored until it changes. */
export const DRIFT_CHOICES = ["restore", "ignore"] as const;
export type DriftChoice = (typeof DRIFT_CHOICES)[number];

/** The same, and what ends the drift: how it stands there becomes what the team wants there. */
export const DRIFT_DECISIONS = ["restore", "adopt", "ignore"] as const;
export type DriftDecision = (typeof DRIFT_DECISIONS)[number];

/** What somebody did to a record of ours. `ended` and `revoked`: at Sentinel, which keeps what does not hold any more. */
export const DRIFT_KINDS = ["removed", "changed", "ended", "revoked"] as const;
export type DriftKind = (typeof DRIFT_KINDS)[number];

/** Why drift is not put right: it waits for somebody, or somebody left it. Null: it is. */
export const holdOf = (mode: DriftMode, choice: DriftChoice | null): "waits" | "left" | null => {
  if (choice === "ignore") return "left";
  return mode === "ask" && choice === null ? "waits" : null;
};

/** What a person decides about a record that our application made and that nobody here knows of. */
export const STRANGER_CHOICES = ["adopt", "remove", "ignore"] as const;
export type StrangerChoice = (typeof STRANGER_CHOICES)[number];
