import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

// Runs in a process of its own, as the launcher does, so that it can be killed like one.
const HOST = `
import { startPostgres } from "./scripts/lib/postgres.mjs";
const postgres = await startPostgres({ dataDir: process.argv[1] });
process.on("SIGTERM", () => postgres.stop().then(() => process.exit(0)));
setInterval(() => undefined, 1000);
const { superuserUrl, ownerUrl, port, isNew } = postgres;
console.log(JSON.stringify({ superuserUrl, ownerUrl, port, isNew, pid: postgres.child.pid }));
`;
const REMOVE = `
import { removePostgres } from "./scripts/lib/postgres.mjs";
await removePostgres(process.argv[1]);
`;
const startedSchema = z.object({
  superuserUrl: z.string(),
  ownerUrl: z.string(),
  port: z.number(),
  isNew: z.boolean(),
  pid: z.number(),
});
type Started = z.infer<typeof startedSchema> & { host: ChildProcess };

let dataDir = "";
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), "sluice-postgres-"));
});
afterAll(async () => {
  await once(runModule(REMOVE), "exit");
  rmSync(dataDir, { recursive: true, force: true });
});

const runModule = (code: string): ChildProcess =>
  spawn(process.execPath, ["--input-type=module", "-e", code, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });

const start = async (): Promise<Started> => {
  const host = runModule(HOST);
  if (!host.stdout) throw new Error("The host has no output.");
  const lines = createInterface({ input: host.stdout });
  const ended = once(host, "exit").then(() => Promise.reject(new Error("PostgreSQL did not start.")));
  const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
  return { ...startedSchema.parse(JSON.parse(line)), host };
};

const stop = async ({ host }: Started): Promise<void> => {
  const exited = once(host, "exit");
  host.kill("SIGTERM");
  await exited;
};

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, unknown>>(text);
    return rows;
  } finally {
    await client.end();
  }
};

describe("the embedded PostgreSQL", () => {
  it("is made behind a closed directory, serves, survives kills, and keeps port and data", async () => {
    // What mktemp makes for root: nobody else may enter, and PostgreSQL must not run as root.
    chmodSync(dataDir, 0o700);
    const first = await start();
    expect(first.isNew).toBe(true);
    await query(first.ownerUrl, "CREATE TABLE kept AS SELECT 42 AS answer");

    // The launcher alone first: its server is left running and has to make way.
    const hostExit = once(first.host, "exit");
    first.host.kill("SIGKILL");
    await hostExit;
    const second = await start();
    expect(second).toMatchObject({ isNew: false, port: first.port });

    // Then both at once.
    const exit = once(second.host, "exit");
    second.host.kill("SIGKILL");
    process.kill(second.pid, "SIGKILL");
    await exit;
    const third = await start();
    expect(await query(third.ownerUrl, "SELECT answer FROM kept")).toEqual([{ answer: 42 }]);
    await stop(third);
  });

  it("listens on this machine only, with passwords that are readable by nobody else", async () => {
    expect(statSync(join(dataDir, "postgres.json")).mode & 0o777).toBe(0o600);
    const started = await start();
    const [settings] = await query(
      started.superuserUrl,
      `SELECT current_setting('listen_addresses') AS address, current_setting('password_encryption') AS encryption,
              (SELECT count(*)::int FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256') AS other`,
    );
    expect(settings).toEqual({ address: "127.0.0.1", encryption: "scram-sha-256", other: 0 });
    await expect(query(started.ownerUrl.replace(/:[^:@]+@/, ":guess@"), "SELECT 1")).rejects.toThrow(
      /password authentication failed/,
    );
    await stop(started);
    expect(readFileSync(join(dataDir, "logs", "postgres.log"), "utf8")).not.toContain(
      new URL(started.superuserUrl).password,
    );
  });
});
