import { green, red, say } from "../terminal.mjs";

/** Counts promises that are kept or broken, and says each. */
export const expectations = () => {
  const tally = { passed: 0, failed: 0 };
  /** @param {string} promise @param {() => boolean} isKept */
  const expect = (promise, isKept) => {
    const kept = isKept();
    tally[kept ? "passed" : "failed"] += 1;
    say(`  ${kept ? green("✓") : red("✗")} ${promise}`);
  };
  return { expect, tally };
};
