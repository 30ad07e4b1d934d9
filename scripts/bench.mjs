// `npm run bench`: measures the product on this machine (bench/). Brings up a database with full durability, the sandbox and
// the web application of a throw-away DATA_DIR, but no worker: bench/main.ts does its work itself.
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";

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

// `npm run bench -- push ingest` measures these parts alone; `pace` pushes with two workers for three minutes;
// `lifted` pushes without rates, `growth` up to a million values (a share: `growth 0.1`); `million`
// takes one list of a million rows; `recall` has 500 values removed by a worker; `save` saves values beside a push of 100,000 (a share: `save 0.1`); `screening`
// asks the lists of a database (a share of it: `screening 0.05`); `large` goes to five million and takes its time;
// `finding` makes a large installation, or a share of it: `finding 0.05`; `plan` plans without sending, or a share of it: `plan 0.1`.
const wanted =
  process.argv.length > 2
    ? process.argv.slice(2)
    : ["push", "recall", "ingest", "screening", "plan", "large"];

/** @param {string} dataDir @param {AbortController} ending */
const measure = async (dataDir, ending) => {
  const settings = readSettings();
  const lock = await takeLock(dataDir, "npm run bench");
  const onFailure = (/** @type {unknown} */ error) => {
    if (!ending.signal.aborted) fail(explain(error));
    ending.abort(new Fault("Stopped."));
  };
  const supervisor = createSupervisor({ dataDir, lock, signal: ending.signal, onFailure });
  try {
    const launch = {
      settings,
      supervisor,
      signal: ending.signal,
      isDev: false,
      isDemo: false,
      hasWorker: false,
    };
    const { env } = await launchProduct(launch);
    const { findPostgres } = await import("./lib/postgres.mjs");
    // The floor is COPY as superuser.
    const common = { ...WORKER_ENV, ...env, DATABASE_OWNER_URL: findPostgres(dataDir)?.superuserUrl };
    const ownServer = `http://127.0.0.1:${await findPort(4_900, "127.0.0.1")}`;
    const parts = [
      { name: "push", env: common },
      { name: "pace", env: common },
      { name: "lifted", env: common },
      { name: "growth", env: { ...common, SANDBOX_URL: ownServer, REAL_SANDBOX_URL: common.SANDBOX_URL } },
      { name: "recall", env: common },
      { name: "save", env: common },
      { name: "ingest", env: { ...common, SANDBOX_URL: ownServer } },
      { name: "million", env: { ...common, SANDBOX_URL: ownServer } },
      { name: "large", env: { ...common, SANDBOX_URL: ownServer } },
      { name: "finding", env: common },
      { name: "screening", env: common },
      { name: "plan", env: common },
    ].filter(({ name }) => wanted.includes(name));
    let isMissed = false;
    for (const part of parts) {
      const { code } = await run({
        name: `bench ${part.name}`,
        command: process.execPath,
        args: [...TYPESCRIPT, "bench/main.ts", part.name, ...wanted.filter((word) => Number(word) > 0)],
        env: part.env,
        log: openLog(join(dataDir, "logs", "bench.log")),
        signal: ending.signal,
        onLine: (line, isError) => void (isError ? process.stderr : process.stdout).write(`${line}\n`),
      });
      isMissed ||= code !== 0;
    }
    return isMissed ? 1 : 0;
  } finally {
    await supervisor.stop();
    lock.release();
    const { removePostgres } = await import("./lib/postgres.mjs");
    await removePostgres(dataDir);
  }
};

const dataDir = mkdtempSync(join(tmpdir(), "sluice-bench-"));
try {
  chmodSync(dataDir, 0o711);
  checkNode();
  say(`\n${bold("Sluice: bench")}`);
  done("Packages", ensurePackages());
  clearSettings();
  process.env["DATA_DIR"] = dataDir;
  process.env["PORT"] = String(await findPort(3_200, "127.0.0.1"));
  process.env["LOG_LEVEL"] = "warn";
  const ending = new AbortController();
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"]))
    process.on(signal, () => ending.abort(new Fault("Interrupted.")));
  process.exitCode = await measure(dataDir, ending);
} catch (error) {
  fail(explain(error));
  process.exitCode = 1;
} finally {
  rmSync(dataDir, { recursive: true, force: true });
}
process.exit();
