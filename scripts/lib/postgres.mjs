import { mkdirSync, realpathSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { openLog } from "./log-file.mjs";
import { findPort } from "./ports.mjs";
import { findBinaries } from "./postgres/binaries.mjs";
import { makeCluster } from "./postgres/cluster.mjs";
import { homePath, openHome, readHome, SHARED_DIR } from "./postgres/home.mjs";
import { APPLICATION, DATABASE, ensureOwner, OWNER, SUPERUSER, urlOf } from "./postgres/roles.mjs";
import { endStaleServer, findServer, startServer } from "./postgres/server.mjs";

/** @typedef {{ ownerUrl: string, appUrl: string, superuserUrl: string, port: number }} Addresses */

/**
 * Starts the embedded PostgreSQL of a DATA_DIR, and makes it first where there is none: a cluster of our own with random
 * passwords, on a loopback port that stays the same while it is free. The caller holds the DATA_DIR's lock. `stop` ends it
 * with everything written down; `remove` ends it and deletes it.
 * @param {{ dataDir: string, isDurable?: boolean, signal?: AbortSignal }} options
 */
export const startPostgres = async ({ dataDir, isDurable = true, signal }) => {
  mkdirSync(dataDir, { recursive: true });
  const absolute = realpathSync(dataDir);
  const log = openLog(join(absolute, "logs", "postgres.log"));
  const { home, data, user, save } = openHome(absolute);
  const binaries = findBinaries(user, SHARED_DIR);
  const common = { data, user, binaries, log, ...(signal ? { signal } : {}) };

  const isNew = await makeCluster({ home, ...common });
  await endStaleServer(data);
  const port = await findPort(home.port, "127.0.0.1");
  const { child, stop } = await startServer({ port, isDurable, ...common });
  try {
    home.port = port;
    home.isMade = true;
    save();
    await ensureOwner(home);
  } catch (error) {
    await stop();
    throw error;
  }
  const remove = async () => {
    await stop();
    await removePostgres(absolute);
  };
  return { ...addressesOf(home), version: binaries.version, isNew, child, stop, remove };
};

/** @typedef {Awaited<ReturnType<typeof startPostgres>>} Postgres */

/**
 * The embedded PostgreSQL of a DATA_DIR that runs already.
 * @param {string} dataDir
 * @returns {Addresses | undefined}
 */
export const findPostgres = (dataDir) => {
  const home = readHome(dataDir);
  const server = home && findServer(join(resolve(dataDir, home.directory), "data"));
  return server && addressesOf({ ...home, port: server.port });
};

/**
 * Deletes the cluster of a DATA_DIR, wherever it stands, and ends it first if it still runs. For what tests made.
 * @param {string} dataDir
 */
export const removePostgres = async (dataDir) => {
  const home = readHome(dataDir);
  if (!home) return;
  const directory = resolve(dataDir, home.directory);
  await endStaleServer(join(directory, "data"));
  rmSync(directory, { recursive: true, force: true });
  rmSync(homePath(dataDir));
};

/** @param {import("./postgres/home.mjs").Home} home @returns {Addresses} */
const addressesOf = ({ port, passwords }) => {
  const at = (/** @type {string} */ user, /** @type {string} */ password) =>
    urlOf({ user, password, port, database: DATABASE });
  return {
    ownerUrl: at(OWNER, passwords.owner),
    appUrl: at(APPLICATION, passwords.application),
    superuserUrl: at(SUPERUSER, passwords.superuser),
    port,
  };
};
