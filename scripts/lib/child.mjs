import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { codeOf } from "./fault.mjs";
import { ROOT } from "./paths.mjs";

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Exit */
/**
 * @typedef {object} ChildOptions
 * @property {string} name how people know it
 * @property {string} command
 * @property {readonly string[]} args
 * @property {NodeJS.ProcessEnv} env
 * @property {import("./log-file.mjs").Log} log takes all it prints
 * @property {boolean} [isSecret] its standard output may hold a secret and stays out of the log
 * @property {(line: string, isError: boolean) => void} [onLine] sees each line it prints
 * @property {number} [uid]
 * @property {number} [gid]
 * @property {string} [cwd]
 */

/**
 * Starts a long-running process in a group of its own, so that Ctrl-C reaches it only through us and the whole group can
 * be ended.
 * @param {ChildOptions} options
 */
export const startChild = ({ name, command, args, env, log, isSecret, onLine, uid, gid, cwd = ROOT }) => {
  const child = spawn(command, args, {
    cwd,
    env: { ...env, SLUICE_LIFELINE: "1" },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  // A child that ended no longer reads; the exit tells, not the broken pipe.
  child.stdin.on("error", () => undefined);
  for (const stream of [child.stdout, child.stderr]) {
    if (!isSecret || stream === child.stderr)
      stream.on("data", (/** @type {Buffer} */ chunk) => log.write(chunk));
    if (onLine)
      createInterface({ input: stream }).on("line", (line) => onLine(line, stream === child.stderr));
  }

  /** @type {Promise<Exit>} */
  const exited = new Promise((resolve) => {
    child.once("error", (error) => {
      log.write(`${error.message}\n`);
      resolve({ code: 127, signal: null });
    });
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });

  return { name, log, pid: child.pid, exited, process: child, stop: stopper(child.pid, exited) };
};

/** @typedef {ReturnType<typeof startChild>} Child */

/**
 * @param {number | undefined} pid
 * @param {Promise<Exit>} exited
 */
const stopper =
  (pid, exited) =>
  /**
   * Ends the process with the signal, its whole group after the grace, and whoever of the group is left.
   * @param {{ graceMs: number, signal?: NodeJS.Signals }} options
   * @returns {Promise<boolean>} whether it went by itself
   */
  async ({ graceMs, signal = "SIGTERM" }) => {
    if (pid === undefined) return true;
    signalOne(pid, signal);
    const wentByItself = await Promise.race([exited.then(() => true), after(graceMs)]);
    signalOne(-pid, "SIGKILL");
    await exited;
    return wentByItself;
  };

/**
 * @param {number} pid negative for a group
 * @param {NodeJS.Signals} signal
 */
export const signalOne = (pid, signal) => {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // It is gone already; on macOS EPERM says the same of a group of zombies.
    if (!["ESRCH", "EPERM"].includes(codeOf(error) ?? "")) throw error;
  }
};

/** @param {number} ms @returns {Promise<false>} */
const after = (ms) =>
  new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });

/**
 * Runs a command to its end. Its output goes to the log, and standard output is also returned.
 * @param {Omit<ChildOptions, "onLine"> & { signal?: AbortSignal, onLine?: ChildOptions["onLine"] }} options
 * @returns {Promise<{ code: number, stdout: string }>}
 */
export const run = async ({ signal, onLine, ...options }) => {
  /** @type {string[]} */
  const lines = [];
  const child = startChild({
    ...options,
    onLine: (line, isError) => {
      if (!isError) lines.push(line);
      onLine?.(line, isError);
    },
  });
  const abort = () => void child.stop({ graceMs: 2_000 });
  signal?.addEventListener("abort", abort, { once: true });
  // "close" comes after the last line, "exit" may come before it.
  const [{ code }] = await Promise.all([
    child.exited,
    Promise.race([once(child.process, "close"), child.exited.then(() => after(1_000))]),
  ]);
  signal?.removeEventListener("abort", abort);
  signal?.throwIfAborted();
  return { code: code ?? 1, stdout: lines.join("\n") };
};
