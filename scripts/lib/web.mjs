import process from "node:process";

import { Fault } from "./fault.mjs";
import { inProject, LIFELINE } from "./paths.mjs";

const READY_MS = 60_000;
const PAUSE_MS = 100;

/**
 * Starts the web application and waits until it can serve: database, queue and migrations are there.
 * @param {{ env: NodeJS.ProcessEnv, supervisor: import("./supervisor.mjs").Supervisor, signal: AbortSignal, host: string, port: number, isDev: boolean }} options
 */
export const startWeb = async ({ env, supervisor, signal, host, port, isDev }) => {
  await supervisor.start({
    name: "web",
    command: process.execPath,
    args: [
      LIFELINE,
      inProject("node_modules/next/dist/bin/next"),
      isDev ? "dev" : "start",
      "-H",
      host,
      "-p",
      String(port),
    ],
    env,
    graceMs: 10_000,
    isReady: (line) => line.includes("Ready in"),
  });

  const address = `http://127.0.0.1:${port}/api/ready`;
  const giveUpAt = Date.now() + READY_MS;
  let answer = "";
  while (Date.now() < giveUpAt) {
    answer = await ask(address, signal);
    if (answer === "") return;
    await new Promise((next) => setTimeout(next, PAUSE_MS));
    signal.throwIfAborted();
  }
  throw new Fault(`The web application started but is not ready: ${answer}`);
};

/** @param {string} address @param {AbortSignal} signal @returns {Promise<string>} empty when it is ready, else why not */
const ask = async (address, signal) => {
  try {
    const response = await fetch(address, { signal });
    const text = await response.text();
    return response.ok ? "" : `${response.status} ${text.slice(0, 400)}`;
  } catch (error) {
    signal.throwIfAborted();
    return error instanceof Error ? error.message : String(error);
  }
};
