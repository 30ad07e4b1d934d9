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
