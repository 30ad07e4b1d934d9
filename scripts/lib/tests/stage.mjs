import { join } from "node:path";
import process from "node:process";

import { run } from "../child.mjs";
import { openLog } from "../log-file.mjs";
import { bold, green, red, say } from "../terminal.mjs";

/** @typedef {{ passed: number, failed: number, skipped?: number, why?: string }} Tally */
/** @typedef {Tally & { name: string, tookMs: number }} Result */
/**
 * What every stage is given.
 * @typedef {{ directory: string, signal: AbortSignal }} Bench
 */

const STAGE_MS = 45 * 60_000;

/**
 * Runs one stage and says how it went. A stage that throws has failed; one without a single test has, too.
 * @param {string} name
 * @param {() => Promise<Tally>} work
 * @returns {Promise<Result>}
 */
export const runStage = async (name, work) => {
  say(`\n${bold(name)}`);
  const startedAt = performance.now();
  const tally = await work().catch(
    /** @returns {Tally} */ (error) => ({
      passed: 0,
      failed: 1,
      why: error instanceof Error ? error.message : String(error),
    }),
  );
  const isEmpty = tally.passed + tally.failed === 0;
  const result = { name, tookMs: performance.now() - startedAt, ...(isEmpty ? { ...NOTHING_RAN } : tally) };
  if (result.why) say(result.why);
  say(describe(result));
  return result;
};

/**
 * Runs stages side by side, so many at once.
 * @param {readonly string[]} names
 * @param {(name: string) => Promise<Result>} work
 * @param {number} most
 * @returns {Promise<Result[]>} in the order of the names
 */
export const runBeside = async (names, work, most) => {
  /** @type {Result[]} */
  const results = [];
  const left = names.entries();
  const takeTurns = async () => {
    for (const [index, name] of left) results[index] = await work(name);
  };
  await Promise.all(Array.from({ length: most }, takeTurns));
  return results;
};

/** @type {Tally} */
const NOTHING_RAN = {
  passed: 0,
  failed: 1,
  why: "Not a single test ran: a stage that finds nothing to test proves nothing.",
};

/** @param {Result} result */
export const describe = ({ name, passed, failed, skipped = 0, tookMs }) => {
  const mark = failed === 0 ? green("✔") : red("✘");
  const counts = [
    `${passed} passed`,
    ...(failed ? [`${failed} failed`] : []),
    ...(skipped ? [`${skipped} skipped`] : []),
  ];
  return `  ${mark} ${name.padEnd(26)} ${`${(tookMs / 1000).toFixed(1)} s`.padStart(8)}  ${counts.join(", ")}`;
};

/**
 * Runs a command of a stage; its lines are shown as they come, or only when it fails.
 * @param {Bench & { name: string, command: string, args: string[], env?: NodeJS.ProcessEnv, isQuiet?: boolean }} options
 * @returns {Promise<number>} its exit code
 */
export const runCommand = async ({ directory, signal, name, command, args, env = {}, isQuiet = false }) => {
  const log = openLog(join(directory, "logs", `${name}.log`));
  const color = process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" };
  const { code } = await run({
    name,
    command,
    args,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1", ...color, ...env },
    log,
    signal: AbortSignal.any([signal, AbortSignal.timeout(STAGE_MS)]),
    onLine: (line) => {
      if (!isQuiet) say(line);
    },
  });
  if (isQuiet && code !== 0) say(log.tail(200).join("\n"));
  log.close();
  return code;
};

/**
 * A check that passes or fails as a whole.
 * @param {Bench} bench
 * @param {string} script of package.json
 * @returns {Promise<Tally>}
 */
export const runCheck = async (bench, script) => {
  const code = await runCommand({
    ...bench,
    name: script.replace(":", "-"),
    ...npmRun(script),
    isQuiet: true,
  });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
};

/** @param {string} script */
const npmRun = (script) => {
  const own = process.env["npm_execpath"];
  const args = ["run", "--silent", script];
  return own?.endsWith(".js")
    ? { command: process.execPath, args: [own, ...args] }
    : { command: "npm", args };
};
