import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { lookAt } from "@/lib/services/delivery/testing/remote";
import { useTestDatabase } from "@/lib/testing/database";
import { makeUser } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { useOwnRedisDatabase, wipeQueueStore } from "./testing/queue-store";
import { workerProcesses } from "./testing/worker-process";

// `npm run demo` tells its story to the running product: here to a worker and a sandbox, as the launcher does.
const database = useTestDatabase();
const workers = workerProcesses();
let sandbox: Sandbox;
const remote = lookAt(() => sandbox.url);

const SCRIPT = ["--conditions=react-server", "--import=tsx", "prisma/seed/demo.ts"];
const tell = async (): Promise<string> => {
  const { stdout } = await promisify(execFile)(process.execPath, SCRIPT);
  return stdout;
};

/** A sandbox that somebody has played with: the feed is at its end already, and answers with errors. */
const playWithSandbox = async (): Promise<void> => {
  for (const [path, body] of [
    ["feeds/covid19", { version: 2 }],
    ["faults", { match: { path: "/feeds/covid19.csv" }, times: null, status: 404 }],
  ] as const) {
    const request = { method: "POST", body: JSON.stringify(body) };
    const { ok } = await fetch(`${sandbox.url}/_control/${path}`, request);
    expect(ok).toBe(true);
  }
};

const read = <T extends Record<string, unknown>>(sql: string): Promise<T[]> =>
  database.asOwner(async (client) => (await client.query<T>(sql)).rows);

let said: string;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  process.env["ADMIN_EMAIL"] = "admin@sluice.local";
  useOwnRedisDatabase();
  await wipeQueueStore(database.asOwner);
  await makeUser({ email: "admin@sluice.local", isAdministrator: true });
  await workers.start();
  await playWithSandbox();
  said = await tell();
}, 180_000);
afterAll(async () => {
  await workers.killAll();
  await wipeQueueStore(database.asOwner);
  await sandbox.close();
});

describe("the demo's story", () => {
  it("has a live feed whose last run is held, and local indicators of which two were refused", async () => {
    const runs = await read(
      "SELECT r.number, r.state::text FROM feed_run r JOIN feed f ON f.id = r.feed_id WHERE f.kind = 'csv' ORDER BY r.number",
    );
    expect(runs).toEqual([
      { number: 1, state: "succeeded" },
      { number: 2, state: "held" },
    ]);
    const pasted = await read(
      "SELECT r.added, r.allowlisted, r.rejected FROM feed_run r JOIN feed f ON f.id = r.feed_id WHERE f.kind = 'local' AND r.rejected > 0",
    );
    expect(pasted).toEqual([{ added: 7, allowlisted: 1, rejected: 2 }]);
    expect(said).toContain("“45.155.205.999”");
  });

  it("stands at both destinations, and one record names both teams", async () => {
    const shared = (await remote.defender()).filter(
      ({ indicatorValue }) => indicatorValue === "123.123.123.123",
    );
    expect(shared).toHaveLength(1);
    expect(`${shared[0]?.title ?? ""} ${shared[0]?.description ?? ""}`).toMatch(/Team A.*Team B|\+1/s);
    expect((await remote.defender()).length).toBeGreaterThan(950);
    expect((await remote.sentinel()).length).toBeGreaterThan(950);
    expect(await read("SELECT DISTINCT state::text FROM push")).toEqual([{ state: "done" }]);
  });

  it("calls the tenant by its name", async () => {
    expect(await read("SELECT DISTINCT tenant_name AS name FROM destination")).toEqual([{ name: "Contoso" }]);
  });

  it("is told once, and leaves no token behind", async () => {
    expect(await tell()).toContain("loaded already");

    expect(await read("SELECT name, revoked_at IS NULL AS live FROM api_token")).toEqual([
      { name: "Demo story", live: false },
    ]);
    expect(await read("SELECT name FROM team ORDER BY name")).toEqual([
      { name: "Team A" },
      { name: "Team B" },
    ]);
  });

  it("says what is there when somebody made a Team A, or the story broke off, and changes nothing", async () => {
    await read("UPDATE feed SET kind = 'freetext' WHERE kind = 'csv'");

    expect(await tell()).toContain("There is a Team A without the whole story");

    expect(await read("SELECT 1 FROM team")).toHaveLength(2);
  });

  it("says where it broke off, for people to read", async () => {
    await read("UPDATE team SET name = 'Team Z' WHERE name = 'Team A'");
    const env = { ...process.env, SANDBOX_URL: "http://127.0.0.1:9" };

    await expect(promisify(execFile)(process.execPath, SCRIPT, { env })).rejects.toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/Here the story broke off: .+\n.*What it had made stays/) as string,
    });
  });
});
