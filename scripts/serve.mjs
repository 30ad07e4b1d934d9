// What a container runs: `web`, `worker` or `administrator`, once every setting holds. Beside `npm start`, which brings its own
// database and builds, this serves what is built, on the database that the settings name.
import { spawn } from "node:child_process";
import process from "node:process";

import { explain, Fault } from "./lib/fault.mjs";
import { ROOT } from "./lib/paths.mjs";
import { readSettings, serverEnv } from "./lib/settings.mjs";
import { fail } from "./lib/terminal.mjs";
import { WORKER_ENV } from "./lib/worker-env.mjs";

const TYPESCRIPT = ["--conditions=react-server", "--import=tsx"];
/** @type {Record<string, string[]>} */
const COMMANDS = {
  web: ["node_modules/next/dist/bin/next", "start", "-H", "0.0.0.0"],
  worker: [...TYPESCRIPT, "workers/main.ts"],
  administrator: [...TYPESCRIPT, "scripts/bootstrap.ts"],
};

/** @param {string} name @returns {Promise<number>} the exit code of what was served */
const serve = (name) => {
  const args = COMMANDS[name];
  if (!args) throw new Fault(`Usage: node scripts/serve.mjs ${Object.keys(COMMANDS).join("|")}`);
  const settings = readSettings();
  if (settings.isEmbedded)
    throw new Fault("DATABASE_URL is not set: give the address of the database (npm start brings its own).");
  const found = { databaseUrl: process.env["DATABASE_URL"] ?? "", sandboxUrl: settings.sandboxUrl };
  const env = serverEnv(settings, found);
  // Only the first administrator's program is given the password that was chosen for them.
  if (name === "administrator") env["ADMIN_PASSWORD"] = process.env["ADMIN_PASSWORD"];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: "inherit",
    env: name === "worker" ? { ...WORKER_ENV, ...env } : env,
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
    process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
};

try {
  process.exitCode = await serve(process.argv[2] ?? "");
} catch (error) {
  fail(explain(error));
  process.exitCode = 1;
}
