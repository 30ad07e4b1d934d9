import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

import { afterAll, beforeAll } from "vitest";
import { z } from "zod";

import { closeDatabase } from "@/lib/db/client";

// A PostgreSQL of the test file's own, with the settings of the product's, that can be stopped, killed and started again.

const HOST = `
import { startMigratedPostgres } from "./scripts/lib/tests/servers.mjs";
const { signal } = new AbortController();
const postgres = await startMigratedPostgres({ directory: process.argv[1], isDurable: true, signal });
process.on("SIGTERM", () => postgres.stop().then(() => process.exit(0)));
const { superuserUrl, appUrl, child } = postgres;
console.log(JSON.stringify({ superuserUrl, appUrl, pid: child.pid }));
`;
const REMOVE = `
import { removePostgres } from "./scripts/lib/postgres.mjs";
await removePostgres(process.argv[1] + "/database");
`;
const startedSchema = z.object({ superuserUrl: z.string(), appUrl: z.string(), pid: z.number() });
type Started = z.output<typeof startedSchema> & { host: ChildProcess };

/** Ways in which a server goes away: told to stop, as by an administrator, or without a word. */
export const ENDINGS = ["stopped", "killed"] as const;
export type Ending = (typeof ENDINGS)[number];

/** Starts it for the whole file and names it in the environment; `restart` ends it, and gives what is up again. */
export const useOwnServer = () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-restarted-"));
  let server: Started | undefined;

  beforeAll(async () => {
    server = await start(directory);
    process.env["DATABASE_URL"] = server.appUrl;
    process.env["DATABASE_OWNER_URL"] = server.superuserUrl;
    process.env["DATA_DIR"] = directory;
  });
  afterAll(async () => {
    await closeDatabase();
    if (server) await end(server, "stopped");
    await once(run(REMOVE, directory), "exit");
    rmSync(directory, { recursive: true, force: true });
  });

  return {
    ownerUrl: (): string => server?.superuserUrl ?? "",
    restart: async (ending: Ending): Promise<void> => {
      if (!server) throw new Error("The server runs only while tests of this file run.");
      const { pid, superuserUrl } = server;
      await end(server, ending);
      server = await start(directory);
      if (server.pid === pid || server.superuserUrl !== superuserUrl)
        throw new Error("It is not another server at the same address.");
    },
  };
};

const run = (code: string, directory: string): ChildProcess =>
  spawn(
    process.execPath,
    [
      `--import=${pathToFileURL("scripts/lib/lifeline.mjs").href}`,
      ...["--input-type=module", "-e", code, directory],
    ],
    { stdio: ["pipe", "pipe", "inherit"], env: { ...process.env, SLUICE_LIFELINE: "1" } },
  );

const start = async (directory: string): Promise<Started> => {
  const host = run(HOST, directory);
  if (!host.stdout) throw new Error("The host has no output.");
  const lines = createInterface({ input: host.stdout });
  const ended = once(host, "exit").then(() => Promise.reject(new Error("PostgreSQL did not start.")));
  const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
  ended.catch(() => undefined);
  return { ...startedSchema.parse(JSON.parse(line)), host };
};

const end = async ({ host, pid }: Started, ending: Ending): Promise<void> => {
  const exited = once(host, "exit");
  if (ending === "killed") {
    process.kill(pid, "SIGKILL");
    host.kill("SIGKILL");
  } else host.kill("SIGTERM");
  await exited;
};
