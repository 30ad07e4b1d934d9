import { z } from "zod";

import { INDICATOR_TYPES, TLPS } from "../indicator/types";
import { EXPIRY_BASES } from "./expiry-settings";

/** Markings that may reach another team of the installation; red stays with its own. */
export const SHARED_TLPS = TLPS.filter((tlp) => tlp !== "red");

/** What a team takes of another team's shared feed, and what it does with it. Null means "all" or "none". */
export const subscriptionPolicySchema = z.strictObject({
  types: z
    .array(z.enum(INDICATOR_TYPES))
    .min(1, "Choose at least one type, or leave all.")
    .nullable()
    .default(null),
  minConfidence: z.number().int().min(0).max(100).default(0),
  maxTlp: z
    .enum(SHARED_TLPS, { error: `Give one of: ${SHARED_TLPS.join(", ")}. TLP:RED never leaves its team.` })
    .default("amber"),
  /** So many days a value is valid at most, counted as `expireFrom` says; null: as long as the feed says. */
  expiryDays: z.number().int().min(1).max(3_650).nullable().default(null),
  expireFrom: z.enum(EXPIRY_BASES).default("lastSeen"),
  /** Which of the team's connectors may send its values; null: each by its own selection. */
  connectors: z.array(z.uuid("Name connectors by their id.")).max(500).nullable().default(null),
});
export type SubscriptionPolicy = z.infer<typeof subscriptionPolicySchema>;
