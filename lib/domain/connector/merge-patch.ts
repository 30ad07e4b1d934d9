import { AppError } from "@/lib/domain/errors";
import { mergeFields } from "@/lib/domain/patch-fields";

import type { PlanLimits } from "../delivery/plan-limits";
import { planLimitsSchema } from "../delivery/plan-limits";
import type { ConnectorCreate, ConnectorPatch } from "./connector-input";
import { gateSchema, type Gate } from "./gate-input";
import type { Selection } from "./selection-input";

type Merged = Pick<ConnectorCreate, "selection" | "expiryByType"> & {
  approval: PlanLimits | null;
  automaticLimits: PlanLimits | null;
  gate: Gate | null;
};

/** A patch of a connector whose objects are whole: as they will be. */
export type MergedPatch = Omit<ConnectorPatch, keyof Merged> & {
  [Name in keyof Merged]?: Merged[Name] | undefined;
};

/**
 * A patch with what it leaves out of an object filled in from what stands, so that a change of one field changes no other. Throws
 * `invalid_input` where what comes of it is no gate.
 */
export const mergePatch = (before: Merged, patch: ConnectorPatch): MergedPatch => {
  const { selection, expiryByType, approval, automaticLimits, gate, ...rest } = patch;
  return {
    ...rest,
    ...(selection !== undefined && { selection: mergeSelection(before.selection, selection) }),
    ...(expiryByType !== undefined && { expiryByType: mergeDays(before.expiryByType, expiryByType) }),
    ...(approval !== undefined && { approval: mergeLimits(before.approval, approval) }),
    ...(automaticLimits !== undefined && {
      automaticLimits: mergeLimits(before.automaticLimits, automaticLimits),
    }),
    ...(gate !== undefined && { gate: mergeGate(before.gate, gate) }),
  };
};

type Given<Name extends keyof ConnectorPatch> = NonNullable<ConnectorPatch[Name]>;

const mergeSelection = (before: Selection, { tags, ...fields }: Given<"selection">): Selection => ({
  ...mergeFields(before, fields),
  ...(tags !== undefined && { tags: mergeFields(before.tags, tags) }),
});

const mergeDays = (before: Merged["expiryByType"], given: Given<"expiryByType">): Merged["expiryByType"] =>
  Object.fromEntries(Object.entries({ ...before, ...given }).filter(([, days]) => days !== null));

const mergeLimits = (before: PlanLimits | null, given: Given<"approval"> | null): PlanLimits | null =>
  given && mergeFields(before ?? planLimitsSchema.parse({}), given);

const mergeGate = (before: Gate | null, given: Given<"gate"> | null): Gate | null => {
  if (given === null) return null;
  const { data, error } = gateSchema.safeParse({ ...before, ...given });
  if (data) return data;
  const fields = error.issues.map(({ path, message }) => ({
    pointer: `/${["gate", ...path].join("/")}`,
    detail: message,
  }));
  throw new AppError("invalid_input", fields.map(({ detail }) => detail).join(" "), { fields });
};
