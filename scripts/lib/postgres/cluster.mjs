import { rmSync, renameSync, writeFileSync } from "node:fs";
import { chownSync, existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { run } from "../child.mjs";
import { Fault } from "../fault.mjs";
import { readIfThere } from "../files.mjs";
import { PLAIN_ENV } from "./binaries.mjs";

/** @typedef {import("./home.mjs").Home} Home */

/**
 * Makes the cluster where there is none: whole or not at all. One of another major version is refused.
 * @param {{ home: Home, data: string, user: import("./system-user.mjs").RunAs, binaries: import("./binaries.mjs").Binaries, log: import("../log-file.mjs").Log, signal?: AbortSignal }} options
 * @returns {Promise<boolean>} whether it was made just now
 */
export const makeCluster = async ({ home, data, user, binaries, log, signal }) => {
  const version = readIfThere(join(data, "PG_VERSION"))?.trim();
  if (version !== undefined && version !== String(binaries.major))
    throw new Fault(
      `The database in ${data} is of PostgreSQL ${version}, this version of Sluice brings ${binaries.major}. Dump it with PostgreSQL ${version} and restore it (docs/operations.md, "Upgrade"), or go back to the version before.`,
    );
  if (existsSync(data)) return false;

  const draft = join(dirname(data), "data.new");
  const passwordFile = join(dirname(data), "password.new");
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, home.passwords.superuser, { mode: 0o600, flag: "wx" });
  if (user) chownSync(passwordFile, user.uid, user.gid);
  try {
    const { code } = await run({
      name: "initdb",
      command: binaries.initdb,
      args: [
        `--pgdata=${draft}`,
        `--pwfile=${passwordFile}`,
        "--username=postgres",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        // Sorts and compares the same on every machine: neither the system's locales nor ICU take part.
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
      ],
      cwd: dirname(data),
      env: PLAIN_ENV,
      log,
      ...(signal ? { signal } : {}),
      ...user,
    });
    if (code !== 0) throw new Fault(`The database could not be made in ${data}:\n${log.tail(5).join("\n")}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, data);
  return true;
};
