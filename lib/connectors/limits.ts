import type { Operation } from "./contract";
import { DEFENDER_LIMITS } from "./defender/limits";
import { SENTINEL_LIMITS } from "./sentinel/limits";

/**
 * Requests that may leave in any minute and any hour; null where the vendor states none. `reserved` of those of a minute, and
 * `reservedPerHour` of those of an hour, are kept free for what is urgent. `isOfApplication`: counted over all destinations that one application sends to.
 */
export type RateLimit = {
  perMinute: number;
  perHour: number | null;
  reserved?: number;
  reservedPerHour?: number;
  isOfApplication?: boolean;
};

/** The published rate of each operation, counted for one tenant and application, and for each destination but where it says otherwise. */
export const RATE_LIMITS: Readonly<Record<Operation, RateLimit>> = {
  "defender.import": DEFENDER_LIMITS.import,
  "defender.submit": DEFENDER_LIMITS.submit,
  "defender.list": DEFENDER_LIMITS.list,
  "defender.delete": DEFENDER_LIMITS.delete,
  "defender.batchDelete": DEFENDER_LIMITS.batchDelete,
  "defender.statistics": DEFENDER_LIMITS.statistics,
  "defender.deviceGroups": DEFENDER_LIMITS.deviceGroups,
  "sentinel.upload": SENTINEL_LIMITS.upload,
  "sentinel.query": SENTINEL_LIMITS.query,
};
