import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { userInfo } from "node:os";

import { Fault } from "../fault.mjs";

/** Who runs PostgreSQL: nothing means ourselves. @typedef {{ uid: number, gid: number } | undefined} RunAs */

const NAME = "postgres";

export const isRoot = () => process.getuid?.() === 0;

/**
 * PostgreSQL refuses to run as root, so root hands it to the owner of the data, or to the user `postgres`, who is made
 * where missing.
 * @param {string} dataDirectory may not exist yet
 * @returns {RunAs}
 */
export const chooseUser = (dataDirectory) => {
  const data = statSync(dataDirectory, { throwIfNoEntry: false });
  if (!isRoot()) {
    if (data && data.uid !== process.getuid?.())
      throw new Fault(
        `The database in ${dataDirectory} belongs to another user (${data.uid}) than the one starting it (${userInfo().username}). Start as that user or as root.`,
      );
    return undefined;
  }
  if (data && data.uid !== 0) return { uid: data.uid, gid: data.gid };
  return lookUp() ?? create();
};

/**
 * Whether that user can do what `test` says with a path: each directory on the way counts.
 * @param {RunAs} user
 * @param {"-x" | "-r" | "-w"} how
 * @param {string} path
 */
export const can = (user, how, path) =>
  spawnSync("/bin/sh", ["-c", 'test "$1" "$2"', "sh", how, path], { cwd: "/", ...user }).status === 0;

/** @returns {RunAs} */
const lookUp = () => {
  const uid = ask("-u");
  const gid = ask("-g");
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
};

/** @param {"-u" | "-g"} which */
const ask = (which) => {
  const { status, stdout } = spawnSync("id", [which, NAME], { encoding: "utf8" });
  return status === 0 ? Number(stdout) : undefined;
};

/** @returns {RunAs} */
const create = () => {
  const options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"];
  const made = spawnSync("useradd", [...options, "--shell", "/usr/sbin/nologin", NAME], { encoding: "utf8" });
  const user = lookUp();
  if (user) return user;
  const reason = made.error?.message ?? made.stderr.trim();
  throw new Fault(
    `PostgreSQL must not run as root, and the user "${NAME}" could not be made (${reason}). Make it (useradd --system ${NAME}), start as another user, or set DATABASE_URL.`,
  );
};
