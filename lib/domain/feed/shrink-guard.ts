export type ShrinkVerdict = { held: false } | { held: true; message: string };

/**
 * Whether a full run has shrunk past its feed's limit against what is live, so that a person must look first.
 * `liveCount` 0 is a first run; a limit of 100 % switches the guard off.
 */
export const judgeShrink = (
  liveCount: number,
  newCount: number,
  shrinkLimitPercent: number,
): ShrinkVerdict => {
  if (liveCount === 0 || newCount >= liveCount || shrinkLimitPercent >= 100) return { held: false };
  const lossPercent = ((liveCount - newCount) / liveCount) * 100;
  if (lossPercent <= shrinkLimitPercent) return { held: false };
  const count = (value: number): string => value.toLocaleString("en-US");
  return {
    held: true,
    message:
      `Held: ${count(newCount)} indicators instead of about ${count(liveCount)} (−${String(Math.round(lossPercent))} %, ` +
      `the limit is ${String(shrinkLimitPercent)} %). The last good run stays live. Accept this size, discard it, or wait for the next run.`,
  };
};
