const HOUR_MS = 3_600_000;

/**
 * A session ends 12 hours after sign-in whatever happens (a long shift), and after 2 hours without a request (a desk
 * that was left). OWASP ASVS 5.0, 7.3.1 and 7.3.2 ask for both; the figures are ours.
 */
export const SESSION_LIFETIME_MS = 12 * HOUR_MS;
export const SESSION_IDLE_MS = 2 * HOUR_MS;

/** "Last seen" of sessions and tokens is written at most this often, so that reading does not write. */
export const LAST_SEEN_EVERY_MS = 60_000;

export type SessionTimes = { lastSeenAt: Date; expiresAt: Date; revokedAt: Date | null };

/** Whether a session still speaks for its user. */
export const isSessionLive = ({ lastSeenAt, expiresAt, revokedAt }: SessionTimes, now: Date): boolean =>
  revokedAt === null && expiresAt > now && now.getTime() - lastSeenAt.getTime() < SESSION_IDLE_MS;
