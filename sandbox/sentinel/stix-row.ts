import { z } from "zod";

/**
 * One row of the append-only table behind `ThreatIntelIndicators`: an object as it stood after one write.
 * `data` is the STIX object as it was sent.
 */
export const stixRowSchema = z.strictObject({
  timeGenerated: z.iso.datetime(),
  /** When the object was last written, where this row only publishes it again. */
  updatedAt: z.iso.datetime().optional(),
  /** base64(sourcesystem) + "---" + STIX id: what Sentinel holds to be the same object. */
  identity: z.string(),
  /** The GUID by which the older management family names the object. */
  name: z.uuid(),
  workspaceId: z.uuid(),
  tenantId: z.uuid(),
  sourceSystem: z.string(),
  observableKey: z.string().nullable(),
  observableValue: z.string().nullable(),
  isDeleted: z.boolean(),
  lastUpdateMethod: z.string(),
  firstIngestedAt: z.iso.datetime(),
  createdBy: z.string(),
  createdByAppId: z.string(),
  lastModifiedBy: z.string(),
  data: z.record(z.string(), z.unknown()),
});

export type StixRow = z.infer<typeof stixRowSchema>;

/** A text property of the STIX object, or null. */
export const textOf = (row: Pick<StixRow, "data">, property: string): string | null => {
  const value = row.data[property];
  return typeof value === "string" ? value : null;
};

/** The texts of a list property of the STIX object. */
export const textsOf = (row: Pick<StixRow, "data">, property: string): string[] => {
  const value = row.data[property];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
};

/** Whether analytics rules would use the object at that time: not deleted, not revoked, within its validity. */
export const isActive = (row: StixRow, now: Date): boolean => {
  const until = textOf(row, "valid_until");
  return (
    !row.isDeleted && row.data["revoked"] !== true && (until === null || Date.parse(until) > now.getTime())
  );
};

/** When the object was last written. */
export const updatedAtOf = (row: Pick<StixRow, "timeGenerated" | "updatedAt">): string =>
  row.updatedAt ?? row.timeGenerated;

/** The object's confidence, 0 when it states none. */
export const confidenceOf = (row: Pick<StixRow, "data">): number =>
  typeof row.data["confidence"] === "number" ? row.data["confidence"] : 0;
