import { readFileSync } from "node:fs";

/** @typedef {import("./stage.mjs").Tally} Tally */

/**
 * Counts a report of vitest. A file that could not even be loaded is one failure, and so is a run that failed for another
 * reason than its tests.
 * @param {string} path
 * @param {number} exitCode
 * @returns {Tally}
 */
export const readVitest = (path, exitCode) => {
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} */
  const report = JSON.parse(readFileSync(path, "utf8"));
  const broken = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  );
  const failed = report.numFailedTests + broken.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
};

/**
 * Counts a report of Playwright. A test that passed only when tried again has failed.
 * @param {string} path
 * @param {number} exitCode
 * @returns {Tally}
 */
export const readPlaywright = (path, exitCode) => {
  /** @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} */
  const { stats } = JSON.parse(readFileSync(path, "utf8"));
  const failed = stats.unexpected + stats.flaky;
  return {
    passed: stats.expected,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: stats.skipped,
  };
};
