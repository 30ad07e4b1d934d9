import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Readable } from "node:stream";

import { afterEach, beforeEach, expect, it } from "vitest";
import { z } from "zod";

import { pick } from "./testing/harness";

let folder: string;
const children: ChildProcessByStdio<null, Readable, Readable>[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-sandbox-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  await rm(folder, { recursive: true });
});

const run = (environment: Record<string, string>) => {
  const child = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "main.ts")], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  return child;
};
const firstLine = async (stream: Readable): Promise<unknown> => {
  for await (const line of createInterface(stream)) return JSON.parse(line);
  throw new Error("The stream ended without a line.");
};

it(
  "says where it listens in one line of JSON, and saves its state on SIGTERM",
  { timeout: 60_000 },
  async () => {
    const statePath = join(folder, "state.json");
    const child = run({ SANDBOX_PORT: "0", SANDBOX_STATE: statePath });
    const { ready, url } = z
      .object({ ready: z.boolean(), url: z.url() })
      .parse(await firstLine(child.stdout));
    await fetch(`${url}/_control/feeds/covid19`, { method: "POST", body: '{"version":2}' });

    child.kill("SIGTERM");
    await once(child, "exit");

    expect([ready, child.exitCode]).toEqual([true, 0]);
    expect(pick(JSON.parse(await readFile(statePath, "utf8")), "covid19Version")).toBe(2);
  },
);

it("says which setting is wrong and ends", { timeout: 60_000 }, async () => {
  const child = run({ SANDBOX_PORT: "many" });

  const message = pick(await firstLine(child.stderr), "message");
  if (child.exitCode === null) await once(child, "exit");

  expect(message).toContain("SANDBOX_PORT");
  expect(child.exitCode).toBe(1);
});
