import { createHash, randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { join, resolve } from "node:path";

import { Fault } from "../fault.mjs";
import { readIfThere, writeWhole } from "../files.mjs";
import { warn } from "../terminal.mjs";
import { can, chooseUser, isRoot } from "./system-user.mjs";

/**
 * `<DATA_DIR>/postgres.json`, mode 0600: where the cluster is and how to get in.
 * @typedef {object} Home
 * @property {string} id tells this cluster from any other
 * @property {string} dataDir the DATA_DIR it was last used with
 * @property {string} directory relative to DATA_DIR, or absolute where the user `postgres` cannot reach DATA_DIR
 * @property {boolean} isMade false until the cluster has been made whole once
 * @property {number} port
 * @property {{ superuser: string, owner: string, application: string }} passwords
 */

/** Where root keeps what the user `postgres` must reach but cannot below DATA_DIR. */
export const SHARED_DIR = "/var/lib/sluice";

const LOCAL = "postgres";

/**
 * Finds the cluster of a DATA_DIR, or decides where it will be.
 * @param {string} dataDir an absolute path that exists
 */
export const openHome = (dataDir) => {
  const home = readHome(dataDir) ?? decide(dataDir);
  const directory = resolve(dataDir, home.directory);
  const data = join(directory, "data");
  const save = () => writeWhole(homePath(dataDir), JSON.stringify(home, null, 2));

  if (home.isMade && !existsSync(data))
    throw new Fault(
      `The database that ${homePath(dataDir)} names is gone: ${directory}. Put it back from a backup, or delete ${homePath(dataDir)} to start with an empty one.`,
    );
  if (home.dataDir !== dataDir) refuseShared(home, dataDir);
  const user = chooseUser(data);
  if (home.dataDir !== dataDir || !home.isMade) {
    home.dataDir = dataDir;
    prepare(directory, user);
    save();
  }
  if (!can(user, "-x", directory))
    throw new Fault(
      `The user ${user?.uid ?? "of this process"} can no longer reach ${directory}: allow it with chmod o+x on the directories above.`,
    );
  return { home, data, user, save };
};

/** @param {string} dataDir @returns {Home | undefined} */
export const readHome = (dataDir) => {
  const text = readIfThere(homePath(dataDir));
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault(
      `${homePath(dataDir)} is damaged. Restore it from a backup: it holds the passwords of the database.`,
    );
  }
};

/** @param {string} dataDir */
export const homePath = (dataDir) => join(dataDir, "postgres.json");

/** @param {string} dataDir @returns {Home} */
const decide = (dataDir) => {
  if (existsSync(join(dataDir, LOCAL, "data")))
    throw new Fault(
      `${join(dataDir, LOCAL)} holds a database, but ${homePath(dataDir)} with its passwords is gone. Restore that file from a backup, or move the directory away to start with an empty one.`,
    );
  const isReachable = !isRoot() || can(chooseUser(join(dataDir, LOCAL)), "-x", dataDir);
  const key = createHash("sha256").update(dataDir).digest("hex").slice(0, 16);
  const directory = isReachable ? LOCAL : join(SHARED_DIR, key);
  if (!isReachable && existsSync(directory)) {
    const aside = `${directory}.${new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14)}`;
    renameSync(directory, aside);
    warn(`An earlier database of ${dataDir}, whose passwords are gone with it, was set aside: ${aside}`);
  }
  return {
    id: randomBytes(8).toString("hex"),
    dataDir,
    directory,
    isMade: false,
    port: 15_432 + (Number.parseInt(key.slice(0, 6), 16) % 2_000),
    passwords: { superuser: password(), owner: password(), application: password() },
  };
};

const password = () => randomBytes(24).toString("base64url");

/** A copied DATA_DIR names the same cluster outside of it as its original. @param {Home} home @param {string} dataDir */
const refuseShared = (home, dataDir) => {
  if (home.directory === LOCAL || readHome(home.dataDir)?.id !== home.id) return;
  throw new Fault(
    `${dataDir} is a copy of ${home.dataDir}, and both name the database ${home.directory}. Delete ${homePath(dataDir)} to start with an empty one.`,
  );
};

/** @param {string} directory @param {import("./system-user.mjs").RunAs} user */
const prepare = (directory, user) => {
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  if (!user) return;
  chmodSync(directory, 0o700);
  chownSync(directory, user.uid, user.gid);
};
