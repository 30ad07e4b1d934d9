import { join } from "node:path";

import { signalOne, startChild } from "./child.mjs";
import { echoProblems } from "./echo.mjs";
import { Fault } from "./fault.mjs";
import { openLog } from "./log-file.mjs";
import { withResolvers } from "./promises.mjs";
import { warn } from "./terminal.mjs";

/** How long a part may take until it is ready. */
const READY_MS = 90_000;

/**
 * Starts parts one after the other and ends them in the opposite order. A part that ends by itself fails the whole.
 * @param {{ dataDir: string, lock: import("./lock.mjs").Lock, signal: AbortSignal, onFailure: (error: unknown) => void }} options
 */
export const createSupervisor = ({ dataDir, lock, signal, onFailure }) => {
  /** @type {{ name: string, stop: () => Promise<unknown>, pid?: number | undefined }[]} */
  const parts = [];
  let isStopping = false;
  let isHurried = false;

  /** @param {import("./child.mjs").Child} child */
  const watch = (child) => {
    void child.exited.then((exit) => {
      if (!isStopping) onFailure(new Fault(describeExit(child, exit)));
    });
  };

  /**
   * The part that all others stand on: already running, and ended last.
   * @param {import("./child.mjs").Child} child
   * @param {() => Promise<unknown>} stop
   */
  const adopt = (child, stop) => {
    parts.unshift({ name: child.name, stop });
    watch(child);
  };

  /**
   * Starts a part and waits until it is ready.
   * @param {{ name: string, command: string, args: readonly string[], env: NodeJS.ProcessEnv, graceMs: number, isReady: (line: string) => boolean }} part
   * @returns {Promise<string>} the line that said so
   */
  const start = async ({ name, graceMs, isReady, ...rest }) => {
    signal.throwIfAborted();
    const log = openLog(join(dataDir, "logs", `${name}.log`));
    const echo = echoProblems(name, log.path);
    const { promise, resolve } = withResolvers();
    const child = startChild({
      name,
      log,
      ...rest,
      onLine: (line, isError) => {
        if (isReady(line)) resolve(line);
        echo(line, isError);
      },
    });
    const end = () => child.stop({ graceMs: isHurried ? 0 : graceMs }).then(sayIfKilled(name));
    parts.push({ name, pid: child.pid, stop: end });
    // The database is not noted: it has a file of its own, and a start that finds it left over ends it more gently.
    lock.addChild(child);
    watch(child);
    return within(promise, name, log.path, signal);
  };

  /** Ends all parts, the last one started first. */
  const stop = async () => {
    isStopping = true;
    for (let part = parts.at(-1); part; part = parts.at(-1)) {
      await part.stop();
      parts.pop();
    }
  };

  /** Ends without waiting what may be ended so; the database still writes everything down. */
  const hurry = () => {
    isHurried = true;
    for (const { pid } of parts) if (pid !== undefined) signalOne(-pid, "SIGKILL");
  };

  return { adopt, start, stop, hurry, fail: onFailure };
};

/** @typedef {ReturnType<typeof createSupervisor>} Supervisor */

/** @param {string} name */
const sayIfKilled = (name) => (/** @type {boolean} */ wentByItself) => {
  if (!wentByItself) warn(`${name} did not stop in time and was killed.`);
};

/**
 * @param {import("./child.mjs").Child} child
 * @param {import("./child.mjs").Exit} exit
 */
const describeExit = ({ name, log }, { code, signal }) => {
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const lines = log.tail(8).map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line));
  return [`${name} ${how}, so everything else is stopped too. Its last lines (${log.path}):`, ...lines].join(
    "\n",
  );
};

/**
 * @template T
 * @param {Promise<T>} promise
 * @param {string} name
 * @param {string} logPath
 * @param {AbortSignal} signal
 * @returns {Promise<T>}
 */
const within = async (promise, name, logPath, signal) => {
  const { promise: end, reject } = withResolvers();
  const abort = () => reject(signal.reason);
  const timer = setTimeout(
    () => reject(new Fault(`${name} was not ready after ${READY_MS / 1000} s. See ${logPath}.`)),
    READY_MS,
  );
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await Promise.race([promise, end]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
};
