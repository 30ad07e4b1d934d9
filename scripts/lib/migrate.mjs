import process from "node:process";

import { run } from "./child.mjs";
import { Fault } from "./fault.mjs";

/**
 * Migrates a database as its owner, in a process of its own.
 * @param {{ ownerUrl: string, appUrl: string, log: import("./log-file.mjs").Log, signal?: AbortSignal }} options
 * @returns {Promise<string>} what was done
 */
export const migrate = async ({ ownerUrl, appUrl, log, signal }) => {
  const { code, stdout } = await run({
    name: "migrations",
    command: process.execPath,
    args: ["prisma/migrate.mjs", "deploy"],
    env: { ...process.env, DATABASE_OWNER_URL: ownerUrl, DATABASE_URL: appUrl },
    log,
    ...(signal ? { signal } : {}),
  });
  if (code !== 0) throw new Fault(log.tail(3).join("\n"));
  return stdout.replaceAll(/^Migrations: |\.$/g, "");
};
