/** What is known of when Sentinel last put a record where rules read it. */
type Times = {
  /** As it tells itself; null where it does not. */
  publishedAt: Date | null;
  /** When the last upload of it was accepted. */
  acceptedAt: Date | null;
  /** When it was last sent again as it stands, and when that was answered as taken. */
  refreshedAt: Date | null;
  refreshTakenAt: Date | null;
};

/**
 * Whether a record was not published for so many days. Every upload that was taken is published, and what Sentinel publishes by itself it
 * says itself, as far as it does: whichever is the newest counts, so that a time which stands still costs one upload in so many days and
 * never a second one.
 */
export const wasNotPublished = (
  { publishedAt, acceptedAt, refreshedAt, refreshTakenAt }: Times,
  { withinDays, now }: { withinDays: number; now: Date },
): boolean => {
  const isOld = (at: Date | null, days: number): boolean =>
    at === null || now.getTime() - at.getTime() >= days * DAY_MS;
  const isUnseen = [publishedAt, acceptedAt, refreshTakenAt].every((at) => isOld(at, withinDays));
  // What left and was not answered may have been taken, and shows late.
  return isUnseen && isOld(refreshedAt, DAYS_TO_SHOW);
};

const DAY_MS = 24 * 3_600_000;
const DAYS_TO_SHOW = 1;
