import { performance } from "node:perf_hooks";

import type { lookAt } from "@/lib/services/delivery/testing/remote";

/** Looks at the sandbox and steers it. */
export type Sandbox = ReturnType<typeof lookAt>;

/** `bar`: what it has to be at most, or at least. `isOfAnySize`: it has to be so for a share, too. */
export type Figure = {
  name: string;
  value: number;
  unit: string;
  bar?: { most: number } | { least: number };
  isOfAnySize?: boolean;
  note?: string;
};

/** A share of what a bar is about says nothing of it. */
export const withoutBar = (figure: Figure): Figure => {
  const { bar, isOfAnySize = false, ...rest } = figure;
  return bar === undefined || isOfAnySize
    ? figure
    : { ...rest, note: joined("a share has no bar", rest.note) };
};

/** Two notes as one. */
export const joined = (...notes: readonly (string | undefined)[]): string =>
  notes.filter((note) => note !== undefined && note !== "").join("; ");

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
