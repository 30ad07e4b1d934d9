import { join } from "node:path";
import process from "node:process";

import { inProject } from "../paths.mjs";
import { readVitest } from "./reports.mjs";
import { ensureRedis } from "./tools.mjs";
import { startMigratedPostgres, startRedis } from "./servers.mjs";
import { runCommand } from "./stage.mjs";

/** @typedef {import("./stage.mjs").Bench} Bench */
/** @typedef {import("./stage.mjs").Tally} Tally */

/** @param {Bench} bench @returns {Promise<Tally>} */
export const runUnit = (bench) => runVitest(bench, "unit", "unit", {});

/**
 * The integration tests on a real PostgreSQL; the queue lives there too, or in Redis.
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
      return await runVitest(bench, "integration", `integration-${queue}`, {
        TEST_DATABASE_OWNER_URL: postgres.superuserUrl,
        TEST_DATABASE_URL: postgres.appUrl,
        REDIS_URL: redis?.url ?? "",
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
 * @param {string} project
 * @param {string} name
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Tally>}
 */
const runVitest = async (bench, project, name, env) => {
  const report = join(bench.directory, `${name}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await runCommand({
    ...bench,
    name,
    command: process.execPath,
    args: [inProject("node_modules/vitest/vitest.mjs"), "run", "--project", project, ...reporters],
    env,
  });
  return readVitest(report, code);
};
