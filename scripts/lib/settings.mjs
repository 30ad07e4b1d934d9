import { existsSync } from "node:fs";
import { spawnSync } from "node:child_process";
import process from "node:process";

import { Fault } from "./fault.mjs";
import { inProject, ROOT } from "./paths.mjs";

/**
 * @typedef {object} Settings
 * @property {boolean} isProduction
 * @property {boolean} isEmbedded whether the database is ours to start
 * @property {number} port
 * @property {string} appUrl
 * @property {string} dataDir
 * @property {string} logLevel
 * @property {string} adminEmail
 * @property {string | null} sandboxUrl
 */

/** Takes variables of a file `.env` in the project's directory, unless the environment sets them (blank counts). */
export const loadDotEnv = () => {
  if (existsSync(inProject(".env"))) process.loadEnvFile(inProject(".env"));
};

/**
 * The environment, checked where all of it is checked (lib/env). Needs the packages.
 * @returns {Settings}
 */
export const readSettings = () => {
  const checked = spawnSync(process.execPath, ["--import", "tsx", "scripts/settings.ts"], {
    cwd: ROOT,
    encoding: "utf8",
  });
  if (checked.status !== 0) throw new Fault(`The settings could not be checked:\n${checked.stderr.trim()}`);
  /** @type {{ settings?: Settings, problems?: string[] }} */
  const { settings, problems } = JSON.parse(checked.stdout);
  if (!settings) throw new Fault((problems ?? []).join("\n"));
  return settings;
};

/** Given to migrations and to the first start only; a process that serves must not even know them. */
const NOT_FOR_SERVERS = ["DATABASE_OWNER_URL", "ADMIN_PASSWORD"];

/**
 * The environment of web and worker. What they must not have is blank rather than absent, or a file `.env` would bring it
 * back.
 * @param {Settings} settings
 * @param {{ databaseUrl: string, sandboxUrl: string | null }} found
 * @returns {NodeJS.ProcessEnv}
 */
export const serverEnv = (settings, { databaseUrl, sandboxUrl }) => ({
  ...process.env,
  ...Object.fromEntries(NOT_FOR_SERVERS.map((name) => [name, ""])),
  DATABASE_URL: databaseUrl,
  DATA_DIR: settings.dataDir,
  PORT: String(settings.port),
  APP_URL: settings.appUrl,
  SANDBOX_URL: sandboxUrl ?? "",
  LOG_LEVEL: settings.logLevel,
  // next-auth knows its own address by this variable alone.
  NEXTAUTH_URL: settings.appUrl,
  NEXT_TELEMETRY_DISABLED: "1",
});
