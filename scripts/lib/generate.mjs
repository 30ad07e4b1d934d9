import { mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";

import { run } from "./child.mjs";
import { Fault } from "./fault.mjs";
import { readIfThere } from "./files.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { inProject } from "./paths.mjs";
import { since } from "./terminal.mjs";

const OUTPUT = "lib/db/generated";
const STAMP = inProject(`${OUTPUT}/.sluice-generated`);
const SOURCES = [
  "prisma/schema",
  "prisma.config.ts",
  "node_modules/prisma/package.json",
  "node_modules/@prisma/client/package.json",
];

/**
 * Writes Prisma's client if the schema changed, offline.
 * @param {{ log: import("./log-file.mjs").Log, signal?: AbortSignal }} options
 * @returns {Promise<string>} what was done
 */
export const ensureGenerated = async ({ log, signal }) => {
  const stamp = fingerprint(SOURCES);
  if (readIfThere(STAMP) === stamp) return "up to date";
  const startedAt = performance.now();
  const { code } = await run({
    name: "prisma generate",
    command: process.execPath,
    args: [inProject("node_modules/prisma/build/index.js"), "generate"],
    env: {
      ...process.env,
      // Prisma would download an engine that it does not need; any existing file keeps it from trying.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
    log,
    ...(signal ? { signal } : {}),
  });
  if (code !== 0) throw new Fault(`prisma generate failed:\n${log.tail(15).join("\n")}`);
  mkdirSync(inProject(OUTPUT), { recursive: true });
  writeFileSync(STAMP, stamp);
  return `generated in ${since(startedAt)}`;
};
