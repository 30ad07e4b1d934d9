import { rmSync } from "node:fs";
import { join } from "node:path";

import { startChild, signalOne } from "../child.mjs";
import { Fault } from "../fault.mjs";
import { readIfThere } from "../files.mjs";
import { commandOf, isAlive, isZombie } from "../process-identity.mjs";
import { warn } from "../terminal.mjs";
import { PLAIN_ENV } from "./binaries.mjs";
import { freeBytes, serverSettings } from "./settings.mjs";

const POLL_MS = 25;
const FAST_STOP_MS = 60_000;
const IMMEDIATE_STOP_MS = 10_000;
const LEFTOVERS_MS = 15_000;
const LEAST_FREE_BYTES = 200 * 1024 * 1024;

/**
 * Starts the server and waits until it takes connections, however long recovery from a crash takes.
 * @param {{ data: string, port: number, binaries: import("./binaries.mjs").Binaries, user: import("./system-user.mjs").RunAs, log: import("../log-file.mjs").Log, isDurable: boolean, signal?: AbortSignal }} options
 */
export const startServer = async ({ data, port, binaries, user, log, isDurable, signal }) => {
  const freeMb = Math.floor(freeBytes(data) / 1024 / 1024);
  if (freeBytes(data) < LEAST_FREE_BYTES)
    throw new Fault(
      `The disk that holds ${data} is nearly full (${freeMb} MB left). Free some space and start again: nothing is lost.`,
    );

  const args = ["-D", data, ...serverSettings({ port, dataDirectory: data, isDurable })];
  const giveUpAt = Date.now() + LEFTOVERS_MS;
  for (;;) {
    const child = startChild({
      name: "PostgreSQL",
      command: binaries.postgres,
      args,
      cwd: data,
      env: PLAIN_ENV,
      log,
      ...user,
    });
    if (await untilReady(child, data, signal)) return { child, stop: stopper(child) };
    const lines = log.tail(6).join("\n");
    if (!isLeftover(lines) || Date.now() > giveUpAt) throw new Fault(`PostgreSQL did not start:\n${lines}`);
    await pause(250);
  }
};

/**
 * @param {import("../child.mjs").Child} child
 * @param {string} data
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<boolean>} false when it ended instead
 */
const untilReady = async (child, data, signal) => {
  let hasEnded = false;
  void child.exited.then(() => (hasEnded = true));
  const sayAt = Date.now() + 5_000;
  let hasSaidSo = false;
  for (;;) {
    const found = readPidFile(data);
    if (found?.pid === child.pid && found?.status === "ready") return true;
    if (hasEnded) return false;
    if (signal?.aborted) {
      await stopper(child)();
      signal.throwIfAborted();
    }
    if (!hasSaidSo && Date.now() > sayAt) {
      hasSaidSo = true;
      warn("PostgreSQL is recovering from a stop in the middle of its work; this can take some minutes.");
    }
    await pause();
  }
};

/** After a kill, the old server's processes need a moment to notice and let go. @param {string} lines */
const isLeftover = (lines) => /pre-existing shared memory block|lock file .* already exists/.test(lines);

/**
 * Ends a server that a killed start left running on this data.
 * @param {string} data
 */
export const endStaleServer = async (data) => {
  const pid = findServer(data)?.pid;
  if (pid === undefined) return forgetZombie(data);
  warn(`PostgreSQL was left running by a start that was killed (process ${pid}): ending it.`);
  for (const [signal, waitMs] of /** @type {const} */ ([
    ["SIGINT", FAST_STOP_MS],
    ["SIGQUIT", IMMEDIATE_STOP_MS],
    ["SIGKILL", 5_000],
  ])) {
    signalOne(pid, signal);
    const until = Date.now() + waitMs;
    while (isAlive(pid) && Date.now() < until) await pause();
    if (!isAlive(pid)) return;
  }
  throw new Fault(
    `PostgreSQL (process ${pid}) was left running by a start that was killed, and could not be ended.`,
  );
};

/** PostgreSQL takes a zombie for a living server. @param {string} data */
const forgetZombie = async (data) => {
  const pid = readPidFile(data)?.pid;
  const until = Date.now() + 2_000;
  while (pid !== undefined && isZombie(pid) && Date.now() < until) await pause();
  if (pid !== undefined && isZombie(pid)) rmSync(join(data, "postmaster.pid"), { force: true });
};

/**
 * @param {string} data
 * @returns {{ pid: number, port: number } | undefined} the live server on this data
 */
export const findServer = (data) => {
  const found = readPidFile(data);
  // The number may since belong to somebody else: the command line tells.
  return found && isAlive(found.pid) && commandOf(found.pid).includes(data) ? found : undefined;
};

/** @param {import("../child.mjs").Child} child */
const stopper = (child) => async () => {
  // SIGINT is PostgreSQL's fast shutdown: it ends its connections and writes everything down.
  if (await child.stop({ signal: "SIGINT", graceMs: FAST_STOP_MS })) return;
  warn("PostgreSQL did not stop in time and was killed; it recovers at the next start.");
};

/** Lines of postmaster.pid: pid, data, start, port, socket, host, shared memory, status. @param {string} data */
const readPidFile = (data) => {
  const lines = readIfThere(join(data, "postmaster.pid"))?.split("\n") ?? [];
  const [pid = "", , , port = ""] = lines;
  if (!/^\d+$/.test(pid) || !/^\d+$/.test(port)) return undefined;
  return { pid: Number(pid), port: Number(port), status: lines[7]?.trim() };
};

const pause = (ms = POLL_MS) => new Promise((next) => setTimeout(next, ms));
