/** What is known of a record that was accepted and not seen yet, and what the destination says of its last writing. */
type Writing = {
  /** When it was last written, by the destination's clock; null where it does not tell. */
  updatedAt: Date | null;
  /** By whom: nobody since it was made; null where that is not told, and ours are as late as we say ourselves. */
  updatedBy: "nobody" | "us" | "others" | null;
  /** When it was accepted, by our clock. */
  acceptedAt: Date | null;
  /** The latest writing of it that was sent, or was shown before that. */
  modifiedAt: Date | null;
  /** Whether it is shown as it was sent, but for its words. */
  isAsSent: boolean;
};

/**
 * Whether somebody wrote a record there after it was accepted and before it was seen: it stood as sent, and what is shown of it is
 * theirs. What is merely shown late is older. Clocks may differ by minutes: what we wrote ourselves is nobody else's, however late the
 * destination calls it.
 */
export const isTouched = (
  { updatedAt, updatedBy, acceptedAt, modifiedAt, isAsSent }: Writing,
  now: Date,
): boolean => {
  if (updatedAt === null || acceptedAt === null || updatedBy === "nobody") return false;
  const latest = Math.max(acceptedAt.getTime(), modifiedAt?.getTime() ?? 0);
  if (updatedAt.getTime() <= latest + CLOCKS_MS) return false;
  if (updatedBy !== "us") return true;
  // A script with our application, where the destination's clock is not seen to be ahead.
  return !isAsSent && updatedAt <= now;
};

const CLOCKS_MS = 5_000;
