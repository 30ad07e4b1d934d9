import { chmodSync, mkdirSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import process from "node:process";

import { startChild } from "../child.mjs";
import { Fault } from "../fault.mjs";
import { openLog } from "../log-file.mjs";
import { migrate } from "../migrate.mjs";
import { findPort } from "../ports.mjs";
import { startPostgres } from "../postgres.mjs";

/**
 * A throw-away PostgreSQL whose database is migrated and copied by each test file. Fast rather than durable: nothing in it
 * outlives the run.
 * @param {{ directory: string, signal: AbortSignal, isDurable?: boolean }} options
 */
export const startMigratedPostgres = async ({ directory, signal, isDurable = false }) => {
  const dataDir = join(directory, "database");
  mkdirSync(dataDir, { recursive: true });
  // The user `postgres` has to get through; what is inside is closed by itself.
  chmodSync(dataDir, 0o711);
  const postgres = await startPostgres({ dataDir, isDurable, signal });
  try {
    await migrate({ ...postgres, log: openLog(join(directory, "logs", "migrate.log")), signal });
  } catch (error) {
    await postgres.remove();
    throw error;
  }
  return postgres;
};

/**
 * A throw-away Redis that refuses to drop what it was given, as production must.
 * @param {{ program: string, directory: string }} options
 */
export const startRedis = async ({ program, directory }) => {
  const port = await findPort(16_379, "127.0.0.1");
  const log = openLog(join(directory, "logs", "redis.log"));
  const options = {
    port,
    bind: "127.0.0.1",
    save: "",
    appendonly: "no",
    "maxmemory-policy": "noeviction",
    dir: directory,
    // One for each test file that runs beside others.
    databases: 64,
  };
  const child = startChild({
    name: "redis",
    command: program,
    args: Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    env: { PATH: process.env["PATH"] },
    log,
  });
  let hasEnded = false;
  void child.exited.then(() => (hasEnded = true));
  while (!(await answers(port))) {
    if (hasEnded) throw new Fault(`Redis did not start:\n${log.tail(5).join("\n")}`);
    await new Promise((next) => setTimeout(next, 50));
  }
  return { url: `redis://127.0.0.1:${port}`, stop: () => child.stop({ graceMs: 5_000 }) };
};

/** @param {number} port @returns {Promise<boolean>} */
const answers = (port) =>
  new Promise((resolve) => {
    const socket = createConnection(port, "127.0.0.1");
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
