import type { RunCounts } from "./shown-run";

type Outcome = { key: keyof RunCounts; label: string; meaning: string; fill: string };

/** The ways a value of a run can go; each goes exactly one. */
export const OUTCOMES = [
  { key: "added", label: "Added", meaning: "New in this feed, and live.", fill: "bg-success" },
  {
    key: "changed",
    label: "Changed",
    meaning: "Known; its comment, confidence, TLP, tags or end is new.",
    fill: "bg-accent",
  },
  { key: "unchanged", label: "Unchanged", meaning: "Known, and as it was.", fill: "bg-accent-line" },
  {
    key: "duplicate",
    label: "Duplicate",
    meaning: "The same value stands on another row.",
    fill: "bg-line texture-stripes",
  },
  {
    key: "excluded",
    label: "Excluded",
    meaning: "Left out on your wish: by a pattern or a filter.",
    fill: "bg-strong",
  },
  {
    key: "allowlisted",
    label: "Allowlisted",
    meaning: "Stored, never sent: an allowlist keeps it in.",
    fill: "bg-warning",
  },
  {
    key: "rejected",
    label: "Rejected",
    meaning: "No indicator; listed below with the reason.",
    fill: "bg-danger",
  },
] as const satisfies readonly Outcome[];

/** The same for a run that was held: it was not compared with what is live, so new and known ones stand together. */
export const OUTCOMES_OF_HELD: readonly Outcome[] = OUTCOMES.map((outcome) =>
  outcome.key === "added"
    ? { ...outcome, label: "Would be live", meaning: "Good values, new or known." }
    : outcome,
);

/** All values that went some way; equal to `values`, or the counts are wrong. */
export const sumOfOutcomes = (counts: RunCounts): number =>
  OUTCOMES.reduce((sum, { key }) => sum + counts[key], 0);
