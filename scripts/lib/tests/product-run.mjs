import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import process from "node:process";

import { Fault } from "../fault.mjs";
import { readIfThere } from "../files.mjs";
import { inProject, ROOT } from "../paths.mjs";

/**
 * What the product says of itself when it is ready.
 * @typedef {{ url: string, sandboxUrl: string, administrator: { email: string, oneTimePassword: string | null, created: boolean } }} Ready
 */

const READY_MS = 15 * 60_000;

/**
 * Runs `npm start`'s script as a person would, and waits until it says that it is ready or ends.
 * @param {{ dataDir: string, port: number, settings?: NodeJS.ProcessEnv, onLine?: (line: string) => void }} options
 */
export const runProduct = async ({ dataDir, port, settings = {}, onLine }) => {
  const startedAt = performance.now();
  const child = fork(inProject("scripts/start.mjs"), [], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...{ DATA_DIR: dataDir, PORT: String(port), APP_URL: `http://localhost:${port}` },
      ...settings,
    },
    // A group of its own, so that a Ctrl-C meant for the tests comes to it only from us.
    detached: true,
    silent: true,
  });
  /** @type {string[]} */
  const lines = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream)
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        onLine?.(line);
      });
  }
  /** @type {Promise<number>} */
  const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
  /** @type {Promise<Ready>} */
  const ready = new Promise((resolve) =>
    child.once("message", (message) => resolve(/** @type {Ready} */ (message))),
  );
  const late = new Promise((_, reject) =>
    setTimeout(reject, READY_MS, new Fault("It was not ready in time.")).unref(),
  );
  // Where nobody waits to be told, it would end the tests that come after, whatever they are.
  late.catch(() => undefined);

  return {
    pid: child.pid ?? 0,
    lines,
    ended,
    /** @returns {Promise<Ready & { tookMs: number }>} */
    untilReady: async () => {
      const early = ended.then((code) => {
        throw new Fault(
          `The product ended with exit code ${code} before it was ready:\n${lines.slice(-30).join("\n")}`,
        );
      });
      const found = await Promise.race([ready, early, /** @type {Promise<never>} */ (late)]);
      return { ...found, tookMs: performance.now() - startedAt };
    },
    /** @param {NodeJS.Signals} signal */
    send: (signal) => child.kill(signal),
  };
};

/** @typedef {Awaited<ReturnType<typeof runProduct>>} Product */

/** @param {string} dataDir @returns {{ name: string, pid: number }[]} the processes that the running product started */
export const childrenOf = (dataDir) => {
  const text = readIfThere(`${dataDir}/running.json`);
  return text === undefined ? [] : JSON.parse(text).children;
};
