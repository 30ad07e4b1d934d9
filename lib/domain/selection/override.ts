import type { Action, Severity } from "@/lib/domain/connector/actions";

import type { Blocked } from "./blocked";
import type { Words } from "./share";

/** How a person made the team's wish of a record what somebody did to it at its destination. */
export type Override = {
  /** Who adopted it. */
  by: string;
  reason: string;
  /** It is not wanted there at all. */
  isAbsent: boolean;
  /** Null of these: as the connector says. */
  action: Action | null;
  severity: Severity | null;
  expiresAt: Date | null;
  words: Words | null;
};

/** Why an override keeps a candidate in; null where it does not. */
export const findAbsent = (override: Override | null, now: Date): Blocked | null => {
  if (override === null) return null;
  const { by, reason, isAbsent, expiresAt } = override;
  const why = `${by} adopted that: ${reason}`;
  if (isAbsent) return { code: "left-outside", reason: `It was taken away at Microsoft, and ${why}` };
  if (expiresAt === null || expiresAt > now) return null;
  return {
    code: "expired",
    reason: `Its end was set at Microsoft to ${expiresAt.toISOString()}, and ${why}`,
  };
};

/** The end that was adopted, unless its sources vouch for it not so long. */
export const adoptedEnd = (override: Override | null, validUntil: Date | null): Date | null => {
  const at = override?.expiresAt ?? null;
  return at !== null && validUntil !== null && validUntil < at ? validUntil : at;
};
