import { join } from "node:path";
import process from "node:process";

import { Fault } from "./fault.mjs";
import { readIfThere, writeWhole } from "./files.mjs";
import { LIFELINE } from "./paths.mjs";
import { findPort } from "./ports.mjs";
import { warn } from "./terminal.mjs";

const HOST = "127.0.0.1";
/** The sandbox stands for Microsoft and needs nothing of ours: no secret, no database. */
const PASSED_ON = /^(?:PATH|HOME|TMPDIR|LANG|TZ|NODE_OPTIONS|NODE_EXTRA_CA_CERTS|LOG_LEVEL)$/;

/**
 * Starts the sandbox. Its port stays the same while it is free, since feeds that people add name it.
 * @param {{ settings: import("./settings.mjs").Settings, supervisor: import("./supervisor.mjs").Supervisor }} options
 * @returns {Promise<string>} its address
 */
export const startSandbox = async ({ settings: { dataDir, port: webPort }, supervisor }) => {
  const portFile = join(dataDir, "sandbox-port");
  const kept = Number(readIfThere(portFile));
  const port = await findPort(kept > 0 ? kept : webPort + 1, HOST);
  if (kept > 0 && kept !== port)
    warn(
      `Port ${kept}, the sandbox's, is taken: it is now ${port}. Feeds that name the old one fail until they are changed.`,
    );
  writeWhole(portFile, String(port));

  const ready = await supervisor.start({
    name: "sandbox",
    command: process.execPath,
    args: ["--import=tsx", LIFELINE, "sandbox/main.ts"],
    env: {
      ...Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name))),
      NODE_ENV: "production",
      SANDBOX_HOST: HOST,
      SANDBOX_PORT: String(port),
      SANDBOX_STATE: join(dataDir, "sandbox.json"),
    },
    graceMs: 5_000,
    isReady: (line) => line.startsWith("{") && line.includes('"ready":true'),
  });
  /** @type {{ url?: unknown }} */
  const { url } = JSON.parse(ready);
  if (typeof url !== "string") throw new Fault("The sandbox did not say its address.");
  return url.replace(/\/+$/, "");
};
