import { actionWords } from "../connector/actions";
import { TLP_LABELS, type Tlp } from "../indicator/types";
import { groupsOfScope } from "../selection/policy";

/** A record as a destination shows it, or as it was last sent or seen. Null: not told. */
export type ShownRecord = {
  action: string | null;
  severity: string | null;
  /** Null: it never ends. */
  expiresAt: Date | null;
  /** Tells title and description from others. */
  textHash: string | null;
  /** The device groups that it is under, in one spelling (`recordScope`). */
  groups: string | null;
  /** Whether a match raises an alert; null also where its action never does. */
  alerts: boolean | null;
  /** What it matches, in one spelling, where that can be changed. */
  pattern: string | null;
  /** How it is marked; `none`: not at all. */
  marking: Tlp | "none" | null;
};

/** What of a record has no place of its own where it is written down how it stands. */
export type Altered = Pick<ShownRecord, "groups" | "alerts" | "pattern" | "marking">;

/** Times lose their fractions on the way. */
const SAME_TIME_MS = 1_000;

export const DRIFT_FIELDS = [
  ...(["action", "severity", "expiresAt", "words", "deviceGroups", "alert", "pattern", "marking"] as const),
] as const;
export type DriftField = (typeof DRIFT_FIELDS)[number];

/** What of a record differs from how it should stand. What one side does not tell is no difference. */
export const findDrift = (expected: ShownRecord, shown: ShownRecord): DriftField[] =>
  DRIFT_FIELDS.filter((field) => describeField(field, expected, shown).length > 0);

/** What of a record differs from how it should stand, in words; empty when nothing does. What one side does not tell is no difference. */
export const describeDrift = (expected: ShownRecord, shown: ShownRecord): string[] =>
  DRIFT_FIELDS.flatMap((field) => describeField(field, expected, shown));

const describeField = (field: DriftField, expected: ShownRecord, shown: ShownRecord): string[] => {
  switch (field) {
    case "action":
    case "severity":
      return describeWord(field, expected[field], shown[field]);
    case "expiresAt":
      return describeEnd(expected.expiresAt, shown.expiresAt);
    case "words":
      return isDifferent(expected.textHash, shown.textHash) ? ["another title or description"] : [];
    case "deviceGroups":
      return describeGroups(expected.groups, shown.groups);
    case "alert":
      return describeAlert(expected.alerts, shown.alerts);
    case "pattern":
      return isDifferent(expected.pattern, shown.pattern) ? ["a pattern that matches something else"] : [];
    case "marking":
      return describeMarking(expected.marking, shown.marking);
  }
};

const describeWord = (name: string, expected: string | null, shown: string | null): string[] =>
  isDifferent(expected, shown)
    ? [`${name} ${actionWords(shown ?? "none")} instead of ${actionWords(expected ?? "none")}`]
    : [];

const describeGroups = (expected: string | null, shown: string | null): string[] =>
  expected !== null && shown !== null && expected !== shown
    ? [`other device groups: ${wordsOfGroups(shown)} instead of ${wordsOfGroups(expected)}`]
    : [];

const wordsOfGroups = (scope: string): string => groupsOfScope(scope).join(", ") || "all devices";

const describeAlert = (expected: boolean | null, shown: boolean | null): string[] =>
  expected === null || shown === null || expected === shown
    ? []
    : [shown ? "an alert on each match" : "no alert on a match"];

const describeMarking = (expected: ShownRecord["marking"], shown: ShownRecord["marking"]): string[] =>
  isDifferent(expected, shown) ? [`${wordsOfMarking(shown)} instead of ${wordsOfMarking(expected)}`] : [];

// A destination has one marking for both of our ambers, which reads as the stricter.
const wordsOfMarking = (marking: ShownRecord["marking"]): string =>
  marking === null || marking === "none"
    ? "no TLP marking"
    : TLP_LABELS[marking === "amber+strict" ? "amber" : marking];

const isDifferent = (expected: string | null, shown: string | null): boolean =>
  expected !== null && shown !== null && expected !== shown;

const describeEnd = (expected: Date | null, shown: Date | null): string[] => {
  const difference = Math.abs((shown?.getTime() ?? 0) - (expected?.getTime() ?? 0));
  return difference < SAME_TIME_MS ? [] : [`${endOf(shown)} instead of ${endOf(expected)}`];
};

const endOf = (at: Date | null): string => (at === null ? "no end" : `end ${at.toISOString().slice(0, 16)}Z`);

/** What became of a record that nobody here removed or changed, as its receipt and the next plan say it. */
export const DRIFT_REASONS = {
  removed: "It was removed at Microsoft outside Sluice.",
  neverShown: "It was accepted, but Microsoft does not show it.",
  /** STIX makes a revocation permanent. */
  revoked: "It was revoked at Microsoft outside Sluice; put right, it comes back as a new record.",
  changed: (differences: readonly string[]) =>
    `Changed at Microsoft outside Sluice: ${differences.join(", ")}.`,
  changedAgain: (differences: readonly string[]) =>
    `Changed once more at Microsoft outside Sluice: ${differences.join(", ")}.`,
  /** Nobody changed it: sent again it would be shown so again. */
  unlike: (differences: readonly string[]) =>
    `Accepted; it is shown otherwise than it was sent: ${differences.join(", ")}.`,
} as const;
