import { z } from "zod";

import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";

import { INDICATOR_TYPES, TLPS, type IndicatorType } from "./types";

const tagSchema = z.string().trim().min(1).max(100);

/** One indicator that a person or a program adds to a team's own list. */
export const localIndicatorSchema = z.strictObject({
  value: z.string().min(1, "Give a value.").max(4_000),
  type: z.enum(INDICATOR_TYPES).optional(),
  comment: z.string().trim().max(1_000).default(""),
  confidence: z.number().int().min(0).max(100).optional(),
  tlp: z.enum(TLPS).optional(),
  tags: z.array(tagSchema).max(50).default([]),
  /** Absent: by the team's own rule; null: without end. */
  validUntil: z.iso.datetime({ offset: true }).nullable().optional(),
  action: z.enum(ACTIONS).nullable().default(null),
  severity: z.enum(SEVERITIES).nullable().default(null),
});
export type LocalIndicator = z.infer<typeof localIndicatorSchema>;

/** One as it was kept to be decided on: the list's tags and those of further lines have joined its own. */
export const keptIndicatorSchema = localIndicatorSchema.extend({ tags: z.array(tagSchema) });

export const MAX_LOCAL_ITEMS = 10_000;

/** The items are checked one by one, so that a bad one does not stop the others. */
export const addIndicatorsSchema = z.strictObject({
  team: z.string(),
  indicators: z.array(z.unknown()).min(1, "Give at least one indicator.").max(MAX_LOCAL_ITEMS),
});

/** `proposed`: nothing of it is stored before a second person approves it. */
export const ADD_OUTCOMES = [
  ...(["added", "changed", "unchanged", "duplicate"] as const),
  ...(["allowlisted", "rejected", "proposed"] as const),
] as const;
export type AddOutcome = (typeof ADD_OUTCOMES)[number];
export type AddedIndicator = {
  id: string | null;
  type: IndicatorType | null;
  value: string;
  outcome: AddOutcome;
  /** Why it was not simply added; null when it was. */
  reason: string | null;
  /** What an allowlist says of it, whatever the outcome. */
  caution: string | null;
  /** Where it waits for a second person; null when it does not. */
  proposalId: string | null;
};
