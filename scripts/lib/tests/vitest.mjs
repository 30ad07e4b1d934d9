import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { inProject } from "../paths.mjs";
import { readVitest } from "./reports.mjs";
import { ensureRedis } from "./tools.mjs";
import { startMigratedPostgres, startRedis } from "./servers.mjs";
import { runCommand } from "./stage.mjs";

/** @typedef {import("./stage.mjs").Bench} Bench */
/** @typedef {import("./stage.mjs").Tally} Tally */

/**
 * Where integration tests reach a queue: these run once with the queue in PostgreSQL and once more with it in Redis. The others
 * carry out runs and pushes by themselves, and would only do the same work twice.
 * @type {readonly string[]}
 */
const WITH_QUEUE = JSON.parse(readFileSync(inProject("scripts/lib/tests/with-queue.json"), "utf8"));

/** @param {Bench} bench @returns {Promise<Tally>} */
export const runUnit = (bench) => runVitest(bench, { project: "unit", name: "unit", env: {} });

/**
 * The integration tests on a real PostgreSQL; the queue lives there too, or in Redis. On Redis those that reach a queue.
 * @param {Bench} bench
 * @param {"postgres" | "redis"} queue
 * @returns {Promise<Tally>}
 */
export const runIntegration = async (bench, queue) => {
  const redis =
    queue === "redis" ? await startRedis({ program: ensureRedis(), directory: bench.directory }) : undefined;
  try {
    const postgres = await startMigratedPostgres(bench);
    try {
      return await runVitest(bench, {
        project: "integration",
        name: `integration-${queue}`,
        files: redis ? WITH_QUEUE : [],
        env: {
          TEST_DATABASE_OWNER_URL: postgres.superuserUrl,
          TEST_DATABASE_URL: postgres.appUrl,
          REDIS_URL: redis?.url ?? "",
        },
      });
    } finally {
      await postgres.remove();
    }
  } finally {
    await redis?.stop();
  }
};

/**
 * @param {Bench} bench
 * @param {{ project: string, name: string, files?: readonly string[], env: NodeJS.ProcessEnv }} stage `files`: what the path of
 *   a test begins with; left out or empty: every test
 * @returns {Promise<Tally>}
 */
const runVitest = async (bench, { project, name, files = [], env }) => {
  const report = join(bench.directory, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await runCommand({
    ...bench,
    name,
    command: process.execPath,
    args: [inProject("node_modules/vitest/vitest.mjs"), "run", ...files, "--project", project, ...reporters],
    env,
  });
  return readVitest(report, code);
};
