import { z } from "zod";

import type { Json } from "@/lib/domain/canonical-json";
import type { Action, Severity } from "@/lib/domain/connector/actions";
import type { Gate } from "@/lib/domain/connector/gate-input";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorRule } from "@/lib/domain/connector/rule-input";
import type { Templates } from "@/lib/domain/delivery/templates";
import type { Selection } from "@/lib/domain/connector/selection-input";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import {
  compileAllowBlock,
  compileNames,
  type CompiledAllowBlock,
  type NamePattern,
} from "@/lib/domain/names/allow-block";

/** What decides whether and how a connector wants an indicator. */
export type Policy = {
  kind: ConnectorKind;
  action: Action;
  severity: Severity;
  /** Null: the defaults by type. */
  expiryDays: number | null;
  /** Days of single types; they come before `expiryDays`. */
  expiryByType: Partial<Record<IndicatorType, number>>;
  /** In order: the first that fits decides. */
  rules: readonly ConnectorRule[];
  deviceGroups: readonly string[];
  selection: Selection;
  /** How Defender's records are worded; left out: as everywhere. */
  templates?: Templates | undefined;
  /** What keeps a value from being blocked; left out: nothing does. */
  gate?: Gate | undefined;
};

/** The policy in a form that is equal for equal policies: order in lists says nothing. */
export const describePolicy = (policy: Policy): Json => ({
  kind: policy.kind,
  action: policy.action,
  severity: policy.severity,
  expiryDays: policy.expiryDays,
  deviceGroups: policy.deviceGroups.toSorted(),
  feeds: policy.selection.feeds?.toSorted() ?? null,
  types: policy.selection.types?.toSorted() ?? null,
  minConfidence: policy.selection.minConfidence,
  maxTlp: policy.selection.maxTlp,
  ...describeLater(policy),
});

// Left out while they say nothing: a plan that was drawn up before they existed stays what was reviewed.
const describeLater = ({ selection, expiryByType, rules, templates, gate }: Policy): Record<string, Json> => {
  const { tags, maxAgeDays, expandNetworksUpTo } = selection;
  return {
    ...(tags.allow.length + tags.block.length > 0 && {
      tags: { allow: tags.allow.toSorted(), block: tags.block.toSorted() },
    }),
    ...(maxAgeDays !== null && { maxAgeDays }),
    ...(expandNetworksUpTo > 0 && { expandNetworksUpTo }),
    ...(Object.keys(expiryByType).length > 0 && { expiryByType }),
    ...(rules.length > 0 && { rules: rules.map(describeRule) }),
    ...(templates && { templates: { ...templates } }),
    ...(gate && { gate: { ...gate } }),
  };
};

const describeRule = ({ when, action, severity, expiryDays, deviceGroups }: ConnectorRule): Json => ({
  types: when.types?.toSorted() ?? null,
  feeds: when.feeds?.toSorted() ?? null,
  minConfidence: when.minConfidence,
  tags: when.tags?.toSorted() ?? null,
  ...{ action, severity, expiryDays },
  ...(deviceGroups && { deviceGroups: deviceGroups.toSorted() }),
});

/** A policy ready to be asked of many candidates: its names are taken apart once. */
export type CompiledPolicy = Policy & {
  tags: CompiledAllowBlock;
  compiledRules: readonly CompiledRule[];
};
export type CompiledRule = ConnectorRule & { tagPatterns: readonly NamePattern[] | null };

/** Makes a policy ready for many candidates. */
export const compilePolicy = (policy: Policy): CompiledPolicy => ({
  ...policy,
  tags: compileAllowBlock(policy.selection.tags),
  compiledRules: policy.rules.map((rule) => ({
    ...rule,
    tagPatterns: rule.when.tags && compileNames(rule.when.tags),
  })),
});

/** The scopes of all records that a policy can ask for: those of the connector's device groups and of each rule's own. */
export const scopesOf = ({ deviceGroups, rules }: Policy): string[] => {
  const byRule = rules.flatMap((rule) =>
    rule.deviceGroups === null ? [] : [[...new Set(rule.deviceGroups)]],
  );
  return [...new Set([deviceGroups, ...byRule].map(recordScope))];
};

/** Device groups are part of a Defender record's identity; the same groups in any order are the same record. */
export const recordScope = (deviceGroups: readonly string[]): string =>
  deviceGroups.length === 0 ? "" : JSON.stringify(deviceGroups.toSorted());

/** The device groups that `recordScope` wrote. */
export const groupsOfScope = (scope: string): readonly string[] =>
  scope === "" ? [] : groupsSchema.parse(JSON.parse(scope));

const groupsSchema = z.array(z.string());
