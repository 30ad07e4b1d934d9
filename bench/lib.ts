import { performance } from "node:perf_hooks";

/** `bar`: what it has to be at most, or at least. */
export type Figure = {
  name: string;
  value: number;
  unit: string;
  bar?: { most: number } | { least: number };
  note?: string;
};

export const isMet = ({ value, bar }: Figure): boolean =>
  bar === undefined || ("most" in bar ? value <= bar.most : value >= bar.least);

/** Wall-clock milliseconds of one call. */
export const timed = async <T>(run: () => Promise<T>): Promise<{ ms: number; result: T }> => {
  const start = performance.now();
  const result = await run();
  return { ms: performance.now() - start, result };
};

/** The middle of an odd number of measurements, the mean of the middle two otherwise. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
};

/** The value below which 95 of 100 measurements lie. */
export const percentile95 = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * 0.95) - 1)] ?? Number.NaN;
};

/** `min–max` of a series, so that a reader sees the machine's noise. */
export const spread = (values: readonly number[], digits = 0): string =>
  `${Math.min(...values).toFixed(digits)}–${Math.max(...values).toFixed(digits)}`;

/** Does the same again and again until it is called off; gives what each round gave. */
export const repeat = async (
  signal: AbortSignal,
  pauseMs: number,
  run: (round: number) => Promise<number>,
): Promise<readonly number[]> => {
  const times: number[] = [];
  while (!signal.aborted) {
    times.push(await run(times.length));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return times;
};
