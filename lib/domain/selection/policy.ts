import type { Json } from "@/lib/domain/canonical-json";
import type { Action, Severity } from "@/lib/domain/connector/actions";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { Selection } from "@/lib/domain/connector/selection-input";

/** What decides whether and how a connector wants an indicator. */
export type Policy = {
  kind: ConnectorKind;
  action: Action;
  severity: Severity;
  /** Null: the defaults by type. */
  expiryDays: number | null;
  deviceGroups: readonly string[];
  selection: Selection;
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
});

/** Device groups are part of a Defender record's identity; the same groups in any order are the same record. */
export const recordScope = (deviceGroups: readonly string[]): string =>
  deviceGroups.length === 0 ? "" : JSON.stringify(deviceGroups.toSorted());
