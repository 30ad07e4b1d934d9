import { spawnSync } from "node:child_process";
import { platform } from "node:os";

import { codeOf } from "./fault.mjs";
import { readIfThere } from "./files.mjs";

/**
 * @param {number} pid
 * @returns {boolean} whether such a process lives, ours or another user's
 */
export const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    if (codeOf(error) === "ESRCH") return false;
    if (codeOf(error) === "EPERM") return true;
    throw error;
  }
};

/**
 * What tells one process from a later one with the same number: when it started.
 * @param {number} pid
 * @returns {string | undefined} undefined when there is no such process
 */
export const identityOf = (pid) => {
  if (!isAlive(pid)) return undefined;
  if (platform() === "linux") return statOf(pid)?.[19];
  return ask("lstart=", pid);
};

/**
 * @param {number} pid
 * @returns {number | undefined} whose child it is; undefined where the system does not tell
 */
export const parentOf = (pid) => (platform() === "linux" ? Number(statOf(pid)?.[1]) : undefined);

/** @param {number} pid @returns {string} the command line; empty when there is no such process */
export const commandOf = (pid) => {
  if (platform() !== "linux") return ask("command=", pid) ?? "";
  return (readIfThere(`/proc/${pid}/cmdline`) ?? "").replaceAll("\0", " ").trim();
};

/**
 * A process that ended but that nobody has taken note of yet; where no init does, it stays so.
 * @param {number} pid
 */
export const isZombie = (pid) => platform() === "linux" && statOf(pid)?.[0] === "Z";

/**
 * The fields of /proc/<pid>/stat after the name, which may itself hold blanks and parentheses.
 * @param {number} pid
 */
const statOf = (pid) => {
  const text = readIfThere(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
};

/** @param {string} field @param {number} pid */
const ask = (field, pid) => {
  const { stdout, status } = spawnSync("ps", ["-o", field, "-p", String(pid)], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
};
