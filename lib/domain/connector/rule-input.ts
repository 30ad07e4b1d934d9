import { z } from "zod";

import { INDICATOR_TYPES, type IndicatorType } from "@/lib/domain/indicator/types";

import { ACTIONS, SEVERITIES, type Action } from "./actions";
import type { ConnectorKind } from "./kinds";

/** A lifetime that a person chose. */
export const lifetimeSchema = z.number().int().min(1).max(3_650);

/** Device groups of a Defender tenant, by their names there. */
export const deviceGroupsSchema = z.array(z.string().trim().min(1).max(256)).max(100);

const whenSchema = z.strictObject({
  types: z.array(z.enum(INDICATOR_TYPES)).min(1, "Choose a type, or all.").nullable().default(null),
  feeds: z.array(z.uuid("Name feeds by their id.")).min(1).max(100).nullable().default(null),
  minConfidence: z.number().int().min(1).max(100).nullable().default(null),
  tags: z.array(z.string().trim().min(1).max(255)).min(1).max(50).nullable().default(null),
});

const ruleSchema = z.strictObject({
  when: whenSchema.prefault({}).meta({
    description:
      "What is named must all fit, null fits everything; feed, confidence and tag must be one source's. In tags % stands for any text.",
  }),
  action: z.enum(ACTIONS).nullable().default(null),
  severity: z.enum(SEVERITIES).nullable().default(null),
  expiryDays: lifetimeSchema.nullable().default(null),
  deviceGroups: deviceGroupsSchema
    .min(1, "Name a device group, or leave the field empty.")
    .nullable()
    .default(null)
    .meta({
      description:
        "Device groups on which it holds, instead of the connector's own. They are part of a record's identity at Defender: another choice removes the record and makes it anew.",
    }),
});
export type ConnectorRule = z.infer<typeof ruleSchema>;

/** A connector's rules in order: the first that fits decides, and gives what it names. */
export const rulesSchema = z.array(ruleSchema).max(50, "At most 50 rules.");

/** Types on which Defender can remediate: files, and the certificates they are signed with. */
export const REMEDIABLE_TYPES: readonly IndicatorType[] = ["md5", "sha1", "sha256", "cert-sha1"];

export type RuleProblem = { path: (string | number)[]; message: string };

type Treatment = {
  kind: ConnectorKind;
  action: Action;
  rules: readonly ConnectorRule[];
  /** The feeds that the connector takes, null for all, and what it leaves out for its score. */
  selection: { feeds: readonly string[] | null; minConfidence: number };
};

/** What is wrong with rules when they are seen together with the connector that they are of. */
export const findRuleProblems = ({ kind, action, rules, selection }: Treatment): RuleProblem[] => {
  const problems = rules.flatMap((rule, place) =>
    problemsOf(rule, kind).map(({ path, message }) => toProblem(place, path, message)),
  );
  if (action === "Allowed" && (selection.feeds ?? []).length === 0)
    problems.push({ path: ["action"], message: ALLOWED_UNNAMED });
  if (selection.minConfidence > 0 && [action, ...rules.map((rule) => rule.action)].includes("Allowed"))
    problems.push({ path: ["selection", "minConfidence"], message: ALLOWED_ABOVE });
  const asking = rules.findIndex(({ when }) => when.minConfidence !== null);
  if (asking === -1) return problems;
  rules.forEach((rule, place) => {
    // What a rule by confidence let pass got here by its low confidence.
    if (rule.action === "Allowed" && place > asking && rule.when.minConfidence === null)
      problems.push(
        toProblem(place, "action", `${NEVER_BY_SCORE} Move it before rule ${String(asking + 1)}.`),
      );
  });
  if (action === "Allowed") problems.push(toProblem(asking, "when", ALLOWED_ELSE));
  return problems;
};

type Flaw = { path: "when" | "action" | "severity" | "deviceGroups"; message: string };

const problemsOf = (
  { when, action, severity, expiryDays, deviceGroups }: ConnectorRule,
  kind: ConnectorKind,
): Flaw[] => {
  const flaws: Flaw[] = [];
  if (kind === "sentinel" && action !== null)
    flaws.push({ path: "action", message: "Sentinel has no actions: a rule there gives days alone." });
  if (kind === "sentinel" && severity !== null)
    flaws.push({
      path: "severity",
      message: "Sentinel has no alert severity of ours: a rule there gives days alone.",
    });
  if (kind === "sentinel" && deviceGroups !== null)
    flaws.push({ path: "deviceGroups", message: "Device groups exist in Defender only." });
  if (action === null && severity === null && expiryDays === null && deviceGroups === null)
    flaws.push({
      path: "action",
      message: "Give an action, a severity, days or device groups: it changes nothing as it is.",
    });
  if (action === "Allowed" && when.minConfidence !== null)
    flaws.push({ path: "action", message: NEVER_BY_SCORE });
  else if (action === "Allowed" && when.feeds === null && when.tags === null)
    flaws.push({ path: "action", message: ALLOWED_UNNAMED });
  if (action === "BlockAndRemediate" && when.types?.some((type) => !REMEDIABLE_TYPES.includes(type)) === true)
    flaws.push({
      path: "action",
      message: "Block and remediate is for files and their certificates; use Block for the other types.",
    });
  return flaws;
};

const toProblem = (place: number, field: string, message: string): RuleProblem => ({
  path: ["rules", place, field],
  message: `Rule ${String(place + 1)}: ${message}`,
});

const NEVER_BY_SCORE = "Allowed may not depend on a confidence: what is allowed must be known, not likely.";
const ALLOWED_UNNAMED =
  "Allowed switches off what Defender itself detects, and takes the place of a block. Name the feeds (or, in a rule, the tags) that are known to be good.";
const ALLOWED_ABOVE = `${NEVER_BY_SCORE} Set the lowest confidence to 0, or take Allowed out of the action and the rules.`;
const ALLOWED_ELSE =
  "It asks for a confidence, and what it passes over would be Allowed by the connector’s own action. Choose another action.";
