import { z } from "zod";

/** Defender's names of the types we can create. */
export const WIRE_TYPES = {
  ipv4: "IpAddress",
  ipv6: "IpAddress",
  domain: "DomainName",
  url: "Url",
  md5: "FileMd5",
  sha1: "FileSha1",
  sha256: "FileSha256",
  "cert-sha1": "CertificateThumbprint",
} as const;

/** One indicator of an import. Names are case-sensitive there. */
export type ImportItem = {
  indicatorValue: string;
  indicatorType: (typeof WIRE_TYPES)[keyof typeof WIRE_TYPES];
  action: string;
  severity: string;
  title: string;
  description: string;
  expirationTime: string;
  application: string;
  externalId: string;
  generateAlert: boolean;
  rbacGroupNames: string[];
};

/** What stands there already, with another end: whatever it is. */
export type ExpiringItem = Omit<ImportItem, "indicatorType" | "application"> & { indicatorType: string };

const text = z.string().nullish().catch(null);
const id = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(null);

/** One result of an import; all that is odd in it reads as missing. */
const importResultSchema = z
  .object({
    id,
    indicator: text,
    isFailed: z
      .union([
        z.boolean(),
        z.enum(["true", "false", "True", "False"]).transform((word) => word.toLowerCase() === "true"),
      ])
      .nullish()
      .catch(null),
    failureReason: text,
  })
  .catch({ id: null, indicator: null, isFailed: null, failureReason: null });
export type ImportResult = z.infer<typeof importResultSchema>;

export const importAnswerSchema = z.object({ value: z.array(importResultSchema) });

export const submitAnswerSchema = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)]),
  createdBy: text,
  createdByDisplayName: text,
});

/** One entry of the list. Without an id, a value or a type it is no entry, and the list is not to be trusted. */
export const listedIndicatorSchema = z.object({
  id: z.union([z.string().min(1), z.number().transform(String)]),
  indicatorValue: z.string(),
  indicatorType: z.string(),
  action: text,
  severity: text,
  title: text,
  description: text,
  externalId: text,
  createdBy: text,
  createdByDisplayName: text,
  expirationTime: text,
  lastUpdateTime: text,
  lastUpdatedBy: text,
  creationTimeDateTimeUtc: text,
  rbacGroupNames: z.array(z.string()).nullish().catch(null),
  generateAlert: z.boolean().nullish().catch(null),
});
export type ListedIndicator = z.infer<typeof listedIndicatorSchema>;

export const listAnswerSchema = z.object({
  value: z.array(listedIndicatorSchema),
  "@odata.nextLink": text,
});

/** Of the scores only whose they are. */
export const deviceGroupsAnswerSchema = z.object({ value: z.array(z.object({ rbacGroupName: text })) });

/** A figure as Microsoft's pages show it: a number under one name now, text under another before. */
const figure = z
  .union([
    z.number().int().min(0),
    z
      .string()
      .regex(/^\d{1,15}$/)
      .transform(Number),
  ])
  .nullish()
  .catch(null);

export const statisticsAnswerSchema = z.object({
  organizationPrevalence: figure,
  orgPrevalence: figure,
  orgLastSeen: text,
});
