import { z } from "zod";

import { blankAsUndefined } from "@/lib/actions/fields";
import { ACTIONS, SEVERITIES } from "@/lib/domain/connector/actions";
import type { LocalIndicator } from "@/lib/domain/indicator/local";
import { TLPS } from "@/lib/domain/indicator/types";
import { addDays } from "@/lib/domain/indicator/validity";

/** The fields that all added values share, as forms send them. */
export const sharedFormFields = {
  comment: z.string().trim().max(1_000).default(""),
  confidence: blankAsUndefined(
    z
      .string()
      .regex(/^\s*\d{1,3}\s*$/, "Give a whole number from 0 to 100.")
      .transform(Number)
      .pipe(z.number().max(100, "At most 100."))
      .optional(),
  ),
  tlp: blankAsUndefined(z.enum(TLPS).optional()),
  tags: z.string().max(2_000).default(""),
  /** Days from now, a moment, or `none`; blank: by the team's own rule. */
  expiryDays: blankAsUndefined(
    z
      .union([
        z.literal("none"),
        z.iso.datetime({ offset: true }),
        z
          .string()
          .regex(/^\s*\d{1,4}\s*$/, "Give a whole number of days.")
          .transform(Number)
          .pipe(z.number().min(1, "At least one day.").max(3_650, "At most ten years.")),
      ])
      .optional(),
  ),
  action: blankAsUndefined(z.enum(ACTIONS).optional()),
  severity: blankAsUndefined(z.enum(SEVERITIES).optional()),
};

type SharedForm = z.output<z.ZodObject<typeof sharedFormFields>>;

/** What a form says of all its values; what was left alone is absent, so that the list's own rules hold. */
export const toShared = (
  { comment, confidence, tlp, tags, expiryDays, action, severity }: SharedForm,
  now: Date,
): Partial<Omit<LocalIndicator, "value" | "type">> => ({
  comment,
  ...(confidence !== undefined && { confidence }),
  ...(tlp && { tlp }),
  tags: tags
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== ""),
  ...(expiryDays !== undefined && {
    validUntil: toEnd(expiryDays, now),
  }),
  action: action ?? null,
  severity: severity ?? null,
});

const toEnd = (chosen: string | number, now: Date): string | null => {
  if (typeof chosen === "number") return addDays(now, chosen).toISOString();
  return chosen === "none" ? null : chosen;
};
