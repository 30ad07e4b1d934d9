import { z } from "zod";

/**
 * Behaviours that nobody outside Microsoft can be sure of, and those in which servers of feeds differ. README.md says what
 * each position means.
 */
export const switchesSchema = z.strictObject({
  entraScopeError: z.enum(["1002012", "70011"]),
  entraNoCredentialError: z.enum(["7000216", "7000218"]),
  entraTokenVersion: z.enum(["1.0", "2.0"]),
  entraExpiresIn: z.enum(["number", "text"]),
  defenderPastExpiry: z.enum(["request", "item"]),
  defenderInvalidValue: z.enum(["item", "request"]),
  defenderUpsertKey: z.enum(["with-action", "without-action"]),
  defenderForeignUpsert: z.enum(["refuse", "separate", "update"]),
  defenderForeignDelete: z.enum(["not-found", "forbidden"]),
  defenderMd5: z.enum(["accept", "refuse"]),
  defenderDocumentationRanges: z.enum(["accept", "refuse"]),
  defenderBatchDelete: z.enum(["all-or-nothing", "partial"]),
  defenderDelete: z.enum(["removes", "batch-lies", "lies"]),
  defenderExpiry: z.enum(["moves", "stays"]),
  defenderNextLink: z.enum(["absent", "present"]),
  defenderEmptyImport: z.enum(["ok", "bad-request"]),
  defenderFailedId: z.enum(["null", "empty"]),
  defenderUnknownProperty: z.enum(["ignore", "refuse"]),
  defenderStatistics: z.enum(["number", "text"]),
  sentinelErrorList: z.enum(["errorMessages", "validationErrorMessages"]),
  sentinelNoValidObject: z.enum(["bad-request", "errors"]),
  sentinelRetryAfter: z.enum(["absent", "present"]),
  sentinelOlderModified: z.enum(["accept", "ignore", "error"]),
  sentinelDeleteByIndicatorPath: z.enum(["stays-listed", "removes"]),
  sentinelDeleteByObjectPath: z.enum(["removes", "stays-listed"]),
  sentinelQueryInactive: z.enum(["hide", "show"]),
  sentinelEnd: z.enum(["ends", "lies"]),
  sentinelRevoke: z.enum(["revokes", "lies"]),
  /** How long, in milliseconds of the sandbox's clock, a write stays invisible to Sentinel's queries. */
  sentinelIndexingDelayMs: z.number().int().min(0).max(3_600_000),
  /** After how many days Sentinel publishes again what holds; 0: never by itself. */
  sentinelRepublishDays: z.number().int().min(0).max(365),
  taxiiNext: z.enum(["ends", "same-mark", "same-page", "by-date"]),
  taxiiCollections: z.enum(["one-readable", "two-readable"]),
  /** A search of the MISP server for more attributes at once ends in a 500; 0: it manages any number. */
  mispMostAttributes: z.number().int().min(0).max(1_000_000),
});

export type Switches = z.infer<typeof switchesSchema>;

export const DEFAULT_SWITCHES: Switches = {
  entraScopeError: "1002012",
  entraNoCredentialError: "7000216",
  entraTokenVersion: "1.0",
  entraExpiresIn: "number",
  defenderPastExpiry: "request",
  defenderInvalidValue: "item",
  defenderUpsertKey: "with-action",
  defenderForeignUpsert: "refuse",
  defenderForeignDelete: "not-found",
  defenderMd5: "accept",
  defenderDocumentationRanges: "accept",
  defenderBatchDelete: "all-or-nothing",
  defenderDelete: "removes",
  defenderExpiry: "moves",
  defenderNextLink: "absent",
  defenderEmptyImport: "ok",
  defenderFailedId: "null",
  defenderUnknownProperty: "ignore",
  defenderStatistics: "number",
  sentinelErrorList: "errorMessages",
  sentinelNoValidObject: "bad-request",
  sentinelRetryAfter: "absent",
  sentinelOlderModified: "accept",
  sentinelDeleteByIndicatorPath: "stays-listed",
  sentinelDeleteByObjectPath: "removes",
  sentinelQueryInactive: "hide",
  sentinelEnd: "ends",
  sentinelRevoke: "revokes",
  sentinelIndexingDelayMs: 0,
  sentinelRepublishDays: 8,
  taxiiNext: "ends",
  taxiiCollections: "one-readable",
  mispMostAttributes: 0,
};
