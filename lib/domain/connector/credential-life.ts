/** From this many days before its end on a credential is worth a word; each is announced once. */
export const EXPIRY_THRESHOLDS_DAYS = [60, 30, 14, 7, 1] as const;

export const CREDENTIAL_KINDS = ["secret", "certificate", "managed-identity", "workload-identity"] as const;
export type CredentialKind = (typeof CREDENTIAL_KINDS)[number];

export const CREDENTIAL_KIND_LABELS: Readonly<Record<CredentialKind, string>> = {
  secret: "Client secret",
  certificate: "Certificate",
  "managed-identity": "Managed identity",
  "workload-identity": "Workload identity",
};

/** How long a credential that was replaced can be gone back to; then it is forgotten. */
export const KEPT_HOURS = 24;

/** Who says when a credential ends: the certificate itself, Entra ID, or a person whom nobody checked. */
export const EXPIRY_SOURCES = ["certificate", "entra", "stated"] as const;
export type ExpirySource = (typeof EXPIRY_SOURCES)[number];

export type Life = {
  kind: CredentialKind;
  expiresAt: Date | null;
  /** When Microsoft first did not take it; null while it does. */
  refusedAt: Date | null;
};

export type LifeState = "refused" | "expired" | "expiring" | "good" | "unknown" | "endless";

/** How a credential stands: what Microsoft said goes before what the calendar says. */
export const lifeStateOf = (life: Life, now: Date): LifeState => {
  if (life.refusedAt !== null) return "refused";
  if (life.expiresAt === null) return hasNoEnd(life.kind) ? "endless" : "unknown";
  const reached = reachedThreshold(life.expiresAt, now);
  if (reached === 0) return "expired";
  return reached === null ? "good" : "expiring";
};

/** Whole days until the end, as every time on screen counts them: what is left is never overstated. */
export const daysLeft = (expiresAt: Date, now: Date): number =>
  Math.max(0, Math.floor((expiresAt.getTime() - now.getTime()) / DAY_MS));

/** "12 days left", "1 day left", "less than a day left". */
export const describeLeft = (expiresAt: Date, now: Date): string => {
  const days = daysLeft(expiresAt, now);
  if (days === 0) return "less than a day left";
  return days === 1 ? "1 day left" : `${String(days)} days left`;
};

/** Why an end that somebody states cannot be one. */
export const PAST_END =
  "This end is past: with what has ended nobody signs in. Give the end that Entra ID shows, or leave the field empty.";

/** The lowest threshold that has been reached, 0 at the end; null while none has. */
export const reachedThreshold = (expiresAt: Date, now: Date): number | null => {
  const leftMs = expiresAt.getTime() - now.getTime();
  if (leftMs <= 0) return 0;
  return EXPIRY_THRESHOLDS_DAYS.findLast((threshold) => leftMs <= threshold * DAY_MS) ?? null;
};

/** The threshold to announce now, or null when that was done or none is reached. `announced`: the lowest announced so far. */
export const dueThreshold = (expiresAt: Date, announced: number | null, now: Date): number | null => {
  const reached = reachedThreshold(expiresAt, now);
  return reached !== null && (announced === null || reached < announced) ? reached : null;
};

type MovedEnd = { before: Date | null; after: Date | null; announced: number | null };

/**
 * The lowest threshold that counts as announced once an end is told anew. Hours are the difference between a day that somebody typed and
 * the moment that Entra ID names; another end is announced from the start, unless just that threshold was announced.
 */
export const announcedAfterMove = ({ before, after, announced }: MovedEnd, now: Date): number | null => {
  if (before === null || after === null) return null;
  const isSame = Math.abs(after.getTime() - before.getTime()) < DAY_MS;
  return isSame || reachedThreshold(after, now) === reachedThreshold(before, now) ? announced : null;
};

/** "ends in 12 days", "ended", "is not accepted": after a name. */
export const lifeWords = (life: Life, now: Date): string => {
  switch (lifeStateOf(life, now)) {
    case "refused":
      return "is not accepted by Microsoft";
    case "expired":
      return "has expired";
    case "unknown":
      return "ends at a time nobody told";
    case "endless":
      return "has no end";
    case "expiring":
    case "good": {
      const days = life.expiresAt === null ? 0 : daysLeft(life.expiresAt, now);
      if (days === 0) return "expires within a day";
      return days === 1 ? "expires in 1 day" : `expires in ${String(days)} days`;
    }
  }
};

/** Azure renews these by itself. */
const hasNoEnd = (kind: CredentialKind): boolean =>
  kind === "managed-identity" || kind === "workload-identity";

const DAY_MS = 86_400_000;
