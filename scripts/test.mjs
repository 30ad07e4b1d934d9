// `npm test`: everything that proves the product, in order of cost, on a machine that has Node.js and npm. `--only <stage>`
// (more than once, if wanted) runs that stage alone; `--list` names them.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { explain, Fault } from "./lib/fault.mjs";
import { ensureGenerated } from "./lib/generate.mjs";
import { checkNode, ensurePackages } from "./lib/install.mjs";
import { openLog } from "./lib/log-file.mjs";
import { bold, done, fail, say } from "./lib/terminal.mjs";
import { clearSettings } from "./lib/tests/clear-settings.mjs";
import { describe, runBeside, runCheck, runStage } from "./lib/tests/stage.mjs";

/** @typedef {import("./lib/tests/stage.mjs").Bench} Bench */
/** @typedef {import("./lib/tests/stage.mjs").Tally} Tally */

/** They run side by side, so the longest comes first. */
const CHECKS = ["check:lint", "check:types", "check:format", "check:layers", "check:unused", "check:schema"];

/** @type {Record<string, (bench: Bench) => Promise<Tally>>} */
const STAGES = {
  ...Object.fromEntries(CHECKS.map((name) => [name, (/** @type {Bench} */ bench) => runCheck(bench, name)])),
  unit: async (bench) => (await import("./lib/tests/vitest.mjs")).runUnit(bench),
  integration: async (bench) => (await import("./lib/tests/vitest.mjs")).runIntegration(bench, "postgres"),
  "integration-redis": async (bench) =>
    (await import("./lib/tests/vitest.mjs")).runIntegration(bench, "redis"),
  e2e: async (bench) => (await import("./lib/tests/end-to-end.mjs")).runEndToEnd(bench),
};

/** @returns {string[]} the stages that were asked for */
const chooseStages = () => {
  const args = process.argv.slice(2);
  const chosen = args.flatMap((arg, index) => (arg === "--only" ? [args[index + 1] ?? ""] : []));
  const unknown = chosen.find((name) => !Object.hasOwn(STAGES, name));
  if (unknown !== undefined || args.includes("--list") || args.length !== chosen.length * 2)
    throw new Fault(
      `Usage: node scripts/test.mjs [--only <stage>]…\nStages: ${Object.keys(STAGES).join(", ")}`,
    );
  return chosen.length > 0 ? chosen : Object.keys(STAGES);
};

const main = async () => {
  checkNode();
  const chosen = chooseStages();
  clearSettings();
  say(`\n${bold("Sluice: tests")}`);
  done("Packages", ensurePackages());

  const directory = mkdtempSync(join(tmpdir(), "sluice-test-"));
  // The user `postgres` has to get through, when root tests; what is inside is closed by itself.
  chmodSync(directory, 0o711);
  const interrupted = new AbortController();
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(signal, () => interrupted.abort(new Fault("Interrupted.")));
  const bench = { directory, signal: interrupted.signal };

  /** @type {import("./lib/tests/stage.mjs").Result[]} */
  const results = [];
  try {
    done(
      "Prisma client",
      await ensureGenerated({
        log: openLog(join(directory, "logs", "prepare.log")),
        signal: interrupted.signal,
      }),
    );
    const run = async (/** @type {string} */ name) => {
      interrupted.signal.throwIfAborted();
      return runStage(name, () => STAGES[name]?.(bench) ?? Promise.reject(new Fault(`No stage ${name}.`)));
    };
    const checks = chosen.filter((name) => CHECKS.includes(name));
    results.push(...(await runBeside(checks, run, availableParallelism())));
    for (const name of chosen) if (!CHECKS.includes(name)) results.push(await run(name));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
  say(`\n${bold("Summary")}`);
  for (const result of results) say(describe(result));
  const sum = (/** @type {"passed" | "failed"} */ which) =>
    results.reduce((total, result) => total + result[which], 0);
  say(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  return sum("failed") === 0 ? 0 : 1;
};

try {
  process.exit(await main());
} catch (error) {
  fail(explain(error));
  say("0 passed, 1 failed");
  process.exit(1);
}
