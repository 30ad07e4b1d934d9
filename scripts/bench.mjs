// `npm run bench`: measures the product on this machine (bench/). Brings up a database with full durability, the sandbox and
// the web application of a throw-away DATA_DIR, but no worker: bench/main.ts does its work itself. docs/performance.md says what
// each part measures; those named on the command line are measured alone, `all` takes every one, a number a share of them.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

import { chooseParts } from "./lib/bench-parts.mjs";
import { run } from "./lib/child.mjs";
import { explain, Fault } from "./lib/fault.mjs";
import { checkNode, ensurePackages } from "./lib/install.mjs";
import { takeLock } from "./lib/lock.mjs";
import { openLog } from "./lib/log-file.mjs";
import { findPort } from "./lib/ports.mjs";
import { launchProduct } from "./lib/product.mjs";
import { readSettings } from "./lib/settings.mjs";
import { createSupervisor } from "./lib/supervisor.mjs";
import { bold, done, fail, say } from "./lib/terminal.mjs";
import { clearSettings } from "./lib/tests/clear-settings.mjs";
import { TYPESCRIPT } from "./lib/typescript.mjs";
import { WORKER_ENV } from "./lib/worker-env.mjs";

/** @typedef {ReturnType<typeof chooseParts>["parts"][number]} Part */
/** @typedef {{ share: number, dataDir: string, ending: AbortController }} Options */

/**
 * Measures one part with a product of its own: what another left in tables or at the sandbox has no part in it.
 * @param {Part} part @param {Options} options
 * @returns {Promise<number>} the exit code
 */
const measure = async (part, { share, dataDir, ending }) => {
  process.env["DATA_DIR"] = dataDir;
  process.env["PORT"] = String(await findPort(3_200, "127.0.0.1"));
  const settings = readSettings();
  const lock = await takeLock(dataDir, "npm run bench");
  const { signal } = ending;
  const onFailure = (/** @type {unknown} */ error) => {
    if (!signal.aborted) fail(explain(error));
    ending.abort(new Fault("Stopped."));
  };
  const supervisor = createSupervisor({ dataDir, lock, signal, onFailure });
  try {
    const launch = { settings, supervisor, signal, isDev: false, isDemo: false, hasWorker: false };
    const { env } = await launchProduct(launch);
    const { code } = await run({
      name: `bench ${part.name}`,
      command: process.execPath,
      args: [...TYPESCRIPT, "bench/main.ts", part.name, String(share)],
      env: await environmentOf(part, { env, dataDir }),
      log: openLog(join(dataDir, "logs", "bench.log")),
      signal,
      onLine: (line, isError) => void (isError ? process.stderr : process.stdout).write(`${line}\n`),
    });
    return code;
  } finally {
    await supervisor.stop();
    lock.release();
    const { removePostgres } = await import("./lib/postgres.mjs");
    await removePostgres(dataDir);
  }
};

/**
 * @param {Part} part @param {{ env: NodeJS.ProcessEnv, dataDir: string }} launched
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
const environmentOf = async ({ hasOwnServer }, { env, dataDir }) => {
  const { findPostgres } = await import("./lib/postgres.mjs");
  return {
    ...WORKER_ENV,
    ...env,
    // The floor is COPY as superuser.
    DATABASE_OWNER_URL: findPostgres(dataDir)?.superuserUrl,
    REAL_SANDBOX_URL: env["SANDBOX_URL"],
    ...(hasOwnServer && { SANDBOX_URL: `http://127.0.0.1:${await findPort(4_900, "127.0.0.1")}` }),
  };
};

const main = async () => {
  const { parts, share } = chooseParts(process.argv.slice(2));
  checkNode();
  say(`\n${bold("Sluice: bench")}`);
  done("Packages", ensurePackages());
  clearSettings();
  process.env["LOG_LEVEL"] = "warn";
  const ending = new AbortController();
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(signal, () => ending.abort(new Fault("Interrupted.")));
  const directory = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  try {
    chmodSync(directory, 0o711);
    let isMissed = false;
    for (const part of parts) {
      say(`\n${bold(part.name)}`);
      const code = await measure(part, { share, dataDir: join(directory, part.name), ending });
      isMissed ||= code !== 0;
    }
    return isMissed ? 1 : 0;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};

try {
  process.exit(await main());
} catch (error) {
  fail(explain(error));
  process.exit(1);
}
