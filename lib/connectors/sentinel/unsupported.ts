import type { Candidate, Unsupported } from "../contract";
import { SENTINEL_LIMITS } from "./limits";
import { toPattern } from "./pattern";

/**
 * Why Sentinel cannot use a value; null when it can. Every type of ours is one comparison, which Sentinel indexes: networks too
 * (STIX lets an address object hold a CIDR block) and SHA-512 (a standard hash name; its file and process schemas have the
 * column, though Microsoft's built-in rules read the shorter hashes only).
 */
export const sentinelUnsupported = (candidate: Candidate): Unsupported | null => {
  const { length } = toPattern(candidate.type, candidate.value);
  const most = SENTINEL_LIMITS.characters.pattern;
  if (length <= most) return null;
  return {
    code: "value_too_long",
    message: `The pattern would have ${String(length)} characters. Sentinel cuts it at ${String(most)} when it publishes the indicator again, and it would match no more.`,
  };
};
