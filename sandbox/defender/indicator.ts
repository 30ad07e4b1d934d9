import { z } from "zod";

/** What an application may ask for. The last two of the actions are the retired names, still accepted. */
export const ACTIONS = [
  "Allowed",
  "Audit",
  "Warn",
  "Block",
  "BlockAndRemediate",
  "Alert",
  "AlertAndBlock",
] as const;
export const SEVERITIES = ["Informational", "Low", "Medium", "High"] as const;
export const CREATABLE_TYPES = [
  "FileSha1",
  "FileSha256",
  "FileMd5",
  "CertificateThumbprint",
  "IpAddress",
  "DomainName",
  "Url",
] as const;

const nullableText = z.string().nullable();

/** The Indicator resource with every field that answers carry, in their order. */
export const indicatorSchema = z.strictObject({
  id: z.string(),
  indicatorValue: z.string(),
  /** Also types that no application can create, such as `WebCategory`. */
  indicatorType: z.string(),
  action: z.enum(ACTIONS),
  createdBy: z.string(),
  severity: z.enum(SEVERITIES),
  category: z.union([z.number(), z.string()]),
  application: nullableText,
  educateUrl: nullableText,
  bypassDurationHours: z.unknown(),
  title: z.string(),
  description: z.string(),
  recommendedActions: nullableText,
  creationTimeDateTimeUtc: z.string(),
  expirationTime: nullableText,
  lastUpdateTime: z.string(),
  lastUpdatedBy: nullableText,
  rbacGroupNames: z.array(z.string()),
  rbacGroupIds: z.array(z.union([z.string(), z.number()])),
  notificationId: z.unknown(),
  notificationBody: z.unknown(),
  version: z.unknown(),
  mitreTechniques: z.array(z.string()),
  historicalDetection: z.boolean(),
  lookBackPeriod: z.unknown(),
  generateAlert: z.boolean(),
  additionalInfo: z.unknown(),
  createdByDisplayName: z.string(),
  externalId: nullableText,
  createdBySource: z.string(),
  certificateInfo: z.unknown(),
});

export type Indicator = z.infer<typeof indicatorSchema>;
export type Action = Indicator["action"];
