import { writeFileSync } from "node:fs";
import process from "node:process";

import { run } from "./child.mjs";
import { Fault } from "./fault.mjs";
import { readIfThere } from "./files.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { inProject } from "./paths.mjs";
import { doing, since } from "./terminal.mjs";

const STAMP = inProject(".next/sluice-built");
const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "proxy.ts",
  "instrumentation.ts",
  "prisma/schema",
  "next.config.js",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** Tests and the generated client, which follows from the schema, do not change the build. @param {string} path */
const isBuilt = (path) => !/\.test\.tsx?$|\/__fixtures__\/|^lib\/(?:testing|db\/generated)\//.test(path);

/**
 * Builds the web application if its sources changed.
 * @param {{ log: import("./log-file.mjs").Log, signal?: AbortSignal }} options
 * @returns {Promise<string>} what was done
 */
export const ensureBuilt = async ({ log, signal }) => {
  const stamp = fingerprint(SOURCES, isBuilt);
  if (readIfThere(STAMP) === stamp) return "up to date";
  const startedAt = performance.now();
  doing("Building the web application");
  const { code } = await run({
    name: "next build",
    command: process.execPath,
    args: [inProject("node_modules/next/dist/bin/next"), "build"],
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" },
    log,
    ...(signal ? { signal } : {}),
  });
  if (code !== 0) throw new Fault(`The build failed:\n${log.tail(40).join("\n")}`);
  writeFileSync(STAMP, stamp);
  return `built in ${since(startedAt)}`;
};
