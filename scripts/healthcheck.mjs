// The containers' health check: `web` asks it whether it lives; `worker` looks whether it runs and reaches its database.
import { readFileSync } from "node:fs";
import process from "node:process";

const WAIT_MS = 4_000;

/** @type {Record<string, () => Promise<boolean>>} */
const checks = {
  async web() {
    const port = process.env["PORT"] ?? "3000";
    const { ok } = await fetch(`http://127.0.0.1:${port}/api/health`, {
      signal: AbortSignal.timeout(WAIT_MS),
    });
    return ok;
  },
  async worker() {
    const { default: pg } = await import("pg");
    const client = new pg.Client({
      connectionString: process.env["DATABASE_URL"],
      connectionTimeoutMillis: WAIT_MS,
      query_timeout: WAIT_MS,
    });
    await client.connect();
    await client.query("SELECT 1");
    await client.end();
    // The container's init, if there is one, carries the worker's command line too.
    return readFileSync("/proc/1/cmdline", "utf8").includes("serve.mjs\0worker");
  },
};

try {
  const check = checks[process.argv[2] ?? ""];
  process.exitCode = check && (await check()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
