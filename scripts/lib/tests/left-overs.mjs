import { readdirSync } from "node:fs";
import { platform } from "node:os";

import { codeOf } from "../fault.mjs";
import { readIfThere } from "../files.mjs";
import { isAlive } from "../process-identity.mjs";

/**
 * @param {readonly { name: string, pid: number }[]} processes
 * @param {number} waitMs how long they may take to end
 * @returns {Promise<string[]>} those that still live
 */
export const alive = async (processes, waitMs) => {
  const until = Date.now() + waitMs;
  const left = () => processes.filter(({ pid }) => isAlive(pid)).map(({ name, pid }) => `${name} (${pid})`);
  while (left().length > 0 && Date.now() < until) await new Promise((next) => setTimeout(next, 100));
  return left();
};

/**
 * @param {string} dataDir
 * @returns {string[]} every process of this machine that was started with this DATA_DIR; none where /proc does not tell
 */
export const leftOvers = (dataDir) =>
  platform() === "linux"
    ? readdirSync("/proc").filter(
        (pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && mentions(pid, dataDir),
      )
    : [];

/** @param {string} pid @param {string} dataDir */
const mentions = (pid, dataDir) =>
  isAlive(Number(pid)) &&
  ["cmdline", "environ"].some((file) => read(`/proc/${pid}/${file}`).includes(dataDir));

/** @param {string} path */
const read = (path) => {
  try {
    return readIfThere(path) ?? "";
  } catch (error) {
    if (codeOf(error) === "EACCES" || codeOf(error) === "EPERM") return "";
    throw error;
  }
};
