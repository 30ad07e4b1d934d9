import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { explain } from "../fault.mjs";
import { checkNode, whyIncomplete } from "../install.mjs";
import { findHolder } from "../lock.mjs";
import { tryPort } from "../ports.mjs";
import { freeBytes } from "../postgres/settings.mjs";
import { findChromium, findRedis } from "../tests/tools.mjs";
import { good, note, wrong } from "./finding.mjs";

/** @typedef {import("./finding.mjs").Finding} Finding */

const MB = 1024 * 1024;
const SECRET_FILES = ["auth-secret", "encryption-keys", "postgres.json"];

/** Node.js, npm and the packages. @returns {Finding[]} */
export const lookAtTools = () => {
  const npm = spawnSync("npm", ["--version"], { encoding: "utf8" });
  const missing = whyIncomplete();
  return [
    attempt("Node.js", () => checkNode(), process.versions.node, "Install Node.js 20.19 or later."),
    npm.status === 0
      ? good("npm", npm.stdout.trim())
      : wrong("npm", "not found", "Install npm; it comes with Node.js."),
    missing === undefined
      ? good("Packages", "as package-lock.json says")
      : wrong("Packages", missing, "Run npm start, or npm ci."),
  ];
};

/** @param {string} dataDir @returns {Finding[]} */
export const lookAtDataDir = (dataDir) => {
  const name = "DATA_DIR";
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK | constants.X_OK);
  } catch (error) {
    return [
      wrong(
        name,
        `${dataDir} cannot be written (${explain(error)})`,
        "Give this user the directory, or set DATA_DIR to another.",
      ),
    ];
  }
  const freeMb = Math.floor(freeBytes(dataDir) / MB);
  const open = SECRET_FILES.map((file) => join(dataDir, file)).filter(
    (path) => existsSync(path) && (statSync(path).mode & 0o077) !== 0,
  );
  return [
    freeMb < 200
      ? wrong(
          name,
          `${dataDir}, ${freeMb} MB free`,
          "Free some space: the database does not start below 200 MB.",
        )
      : freeMb < 2_048
        ? note(name, `${dataDir}, ${freeMb} MB free`, "Free some space: a large feed needs some of it.")
        : good(name, `${dataDir}, ${Math.floor(freeMb / 1024)} GB free`),
    ...open.map((path) =>
      wrong("Secret file", `${path} can be read by other users`, `Run chmod 600 ${path}.`),
    ),
  ];
};

/** @param {import("../settings.mjs").Settings} settings @returns {Promise<Finding[]>} */
export const lookAtPort = async ({ dataDir, port }) => {
  const holder = findHolder(dataDir);
  if (holder)
    return [
      good("Running", `${holder.what}, process ${holder.pid}${holder.url ? `, at ${holder.url}` : ""}`),
    ];
  return (await tryPort(port, "127.0.0.1")) === undefined
    ? [wrong("Port", `${port} is taken by another program`, "Stop that one, or set PORT to another.")]
    : [good("Port", `${port} is free`)];
};

/** What only `npm test` needs. @returns {Finding[]} */
export const lookAtTestTools = () =>
  [
    {
      name: "Chromium",
      path: findChromium(),
      fix: "npm test installs it as root on Debian; elsewhere install Chromium or Chrome, or set CHROMIUM_PATH.",
    },
    {
      name: "Redis server",
      path: findRedis(),
      fix: "npm test installs it as root on Debian; elsewhere install redis-server.",
    },
  ].map(({ name, path, fix }) =>
    path ? good(name, `${path} (for npm test)`) : note(name, "not found; only npm test needs it", fix),
  );

/**
 * @param {string} name
 * @param {() => void} look
 * @param {string} detail
 * @param {string} fix
 * @returns {Finding}
 */
const attempt = (name, look, detail, fix) => {
  try {
    look();
    return good(name, detail);
  } catch (error) {
    return wrong(name, explain(error), fix);
  }
};
