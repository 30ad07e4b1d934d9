import { z } from "zod";

import { INDICATOR_TYPES } from "../indicator/types";

/** What the age of a value is counted from. */
export const EXPIRY_BASES = ["firstSeen", "lastSeen"] as const;
export type ExpiryBase = (typeof EXPIRY_BASES)[number];

const days = z.number().int().min(1).max(3_650);

/** Days that override the feed's own for single types, as MineMeld's `age_out` has them. */
export const expiryByTypeSchema = z.partialRecord(z.enum(INDICATOR_TYPES), days);

/** A change of them by type; null: its days no longer differ. */
export const expiryByTypePatchSchema = z.partialRecord(z.enum(INDICATOR_TYPES), days.nullable());
