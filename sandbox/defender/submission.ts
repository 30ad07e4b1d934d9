import { z } from "zod";

import { ACTIONS, CREATABLE_TYPES, indicatorSchema, SEVERITIES } from "./indicator";

const optionalText = z.string().nullish();
/** The documentation calls `generateAlert` an enum of True and False; booleans are what everybody sends. */
const flag = z.union([
  z.boolean(),
  z.enum(["True", "true", "False", "false"]).transform((word) => word.toLowerCase() === "true"),
]);
const list = z.array(z.string()).nullish();

/** An indicator as an application sends it. What is merely missing is judged later; a wrong kind of value is judged here. */
const submissionSchema = z.object({
  indicatorValue: optionalText,
  indicatorType: z.enum(CREATABLE_TYPES).nullish(),
  action: z.enum(ACTIONS).nullish(),
  title: optionalText,
  description: optionalText,
  severity: z.enum(SEVERITIES).nullish(),
  expirationTime: z.iso.datetime({ offset: true }).nullish(),
  application: optionalText,
  recommendedActions: optionalText,
  rbacGroupNames: list,
  rbacGroupIds: z.array(z.union([z.string(), z.number()])).nullish(),
  generateAlert: flag.nullish(),
  educateUrl: optionalText,
  externalId: optionalText,
  externalID: optionalText,
  category: z.union([z.number(), z.string()]).nullish(),
  mitreTechniques: list,
  bypassDurationHours: z.unknown().optional(),
  notificationId: z.unknown().optional(),
  notificationBody: z.unknown().optional(),
  version: z.unknown().optional(),
  additionalInfo: z.unknown().optional(),
  certificateInfo: z.unknown().optional(),
  historicalDetection: z.boolean().nullish(),
  lookBackPeriod: z.unknown().optional(),
});

export type Submission = z.infer<typeof submissionSchema>;

const KNOWN = new Set([
  ...Object.keys(submissionSchema.shape),
  ...Object.keys(indicatorSchema.shape),
  "sourceType",
  "source",
  "lastUpdatedBy",
]);
const KNOWN_LOWER = new Set([...KNOWN].map((name) => name.toLowerCase()));

type ReadSubmission = { ok: true; submission: Submission } | { ok: false; message: string };

/** Reads one indicator of a body. Names of properties are case-sensitive: a known name in the wrong case is refused. */
export const readSubmission = (value: unknown, refusesUnknown: boolean): ReadSubmission => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { ok: false, message: "Request body is incorrect: an indicator must be an object." };
  }
  for (const name of Object.keys(value)) {
    if (KNOWN.has(name) || name.startsWith("@")) continue;
    if (refusesUnknown || KNOWN_LOWER.has(name.toLowerCase())) {
      return {
        ok: false,
        message: `Request body is incorrect: the property '${name}' does not exist on type 'Microsoft.WindowsDefenderATP.Api.Indicator'.`,
      };
    }
  }
  const result = submissionSchema.safeParse(value);
  if (result.success) return { ok: true, submission: result.data };
  const issue = result.error.issues[0];
  return {
    ok: false,
    message: `Request body is incorrect: ${issue?.path.join(".") ?? "body"}: ${issue?.message ?? "not readable"}.`,
  };
};
