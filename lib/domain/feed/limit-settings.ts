import { z } from "zod";

/** What one run may cost, with defaults that fit five million rows. */
export const limitsSchema = z.strictObject({
  maxRows: z.number().int().min(1).max(50_000_000).default(10_000_000),
  /** After decompression. */
  maxMegabytes: z.number().int().min(1).max(20_480).default(2_048),
  /** From the start of a run to its end; parts of a minute count. */
  maxMinutes: z.number().min(0.05, "At least three seconds.").max(360).default(60),
});
export type Limits = z.infer<typeof limitsSchema>;

/** What makes a run wait for a person, beside the shrink limit. */
export const guardsSchema = z.strictObject({
  /** So many times as many values as before; 0 switches it off. */
  growthFactor: z.number().int().min(0).max(1_000).default(10),
  /** More than half of the values are of other types than before. */
  typeMix: z.boolean().default(true),
});

/** How the server of a feed proves who it is. */
export const tlsSchema = z.strictObject({
  /** Certificates (PEM) that are trusted beside the system's. */
  caPem: z
    .string()
    .trim()
    .max(65_536)
    .refine(
      (text) => text === "" || text.includes("-----BEGIN CERTIFICATE-----"),
      "Paste certificates in PEM form.",
    )
    .transform((text) => (text === "" ? null : text))
    .nullable()
    .default(null),
  /** Trusts any certificate. Everybody between here and there can then read the key and change the data. */
  isInsecure: z.boolean().default(false),
});
export type TlsSettings = z.infer<typeof tlsSchema>;
