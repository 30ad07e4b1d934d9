import { AppError } from "@/lib/domain/errors";

import type { Check } from "./contract";

export type CheckStep = () => Promise<Omit<Check, "name">>;

/** Runs steps in order; after the first that fails the others are reported as not tried. An AppError is that step's failure. */
export const runChecks = async (
  steps: readonly { name: string; step: CheckStep }[],
  signal?: AbortSignal,
): Promise<Check[]> => {
  const checks: Check[] = [];
  for (const { name, step } of steps) {
    signal?.throwIfAborted();
    const failed = checks.find(({ ok }) => !ok);
    checks.push({ name, ...(failed ? notTried(failed.name) : await attempt(step)) });
  }
  return checks;
};

const attempt = async (step: CheckStep): Promise<Omit<Check, "name">> => {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const fix =
      error.retry === "later"
        ? "Try again in a few minutes."
        : "Correct what the message names and test again.";
    return { ok: false, detail: error.message, fix };
  }
};

const notTried = (name: string): Omit<Check, "name"> => ({
  ok: false,
  detail: `Not tried: the check "${name}" failed.`,
  fix: `Mend "${name}" first.`,
});
