type Push = {
  startedAt: Date | null;
  finishedAt: Date | null;
  counts: { accepted: number; removed: number; failed: number; skipped: number };
};

/** How long a push took, and how many of its items a minute that were; null before it has ended. */
export const paceOf = ({
  startedAt,
  finishedAt,
  counts,
}: Push): { tookMs: number; aMinute: number | null } | null => {
  if (startedAt === null || finishedAt === null) return null;
  const tookMs = Math.max(0, finishedAt.getTime() - startedAt.getTime());
  const answered = counts.accepted + counts.removed + counts.failed;
  // Of less than a second a minute says nothing.
  const aMinute = tookMs < 1_000 || answered === 0 ? null : Math.round((answered * 60_000) / tookMs);
  return { tookMs, aMinute };
};

/** How fast a push goes at present: figures to be read, not to be reckoned with. */
export type Pace = { aMinute: number; secondsLeft: number };

/** The pace of a push under way, by what was answered within the last seconds; null while that is too little to tell by. */
export const paceNow = ({
  answered,
  seconds,
  left,
}: {
  answered: number;
  seconds: number;
  left: number;
}): Pace | null => {
  if (seconds < LEAST_SECONDS || answered === 0 || left === 0) return null;
  const aSecond = answered / seconds;
  // More digits would only move with each batch.
  return { aMinute: Number((aSecond * 60).toPrecision(2)), secondsLeft: Math.ceil(left / aSecond) };
};

/** What may leave at once at the start of a push is over by then: it goes evenly. */
export const LEAST_SECONDS = 30;
