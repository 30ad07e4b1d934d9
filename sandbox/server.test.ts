import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { MAX_BODY_BYTES } from "./http/read-body";
import { pick, startHarness, workspaceOf, type Harness } from "./testing/harness";
import { textLike } from "./testing/matchers";

const savedShape = z.looseObject({ switches: z.record(z.string(), z.string().or(z.number()).nullable()) });

let folder: string;
const running: Harness[] = [];
const start: typeof startHarness = async (options) => {
  const harness = await startHarness(options);
  running.push(harness);
  return harness;
};
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-sandbox-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.close()));
  await rm(folder, { recursive: true });
});

const upload = (sandbox: Harness) =>
  sandbox.as(
    "TPI_TeamA",
    "POST",
    `/sentinel/workspaces/${workspaceOf("contoso-soc").workspaceId}/threat-intelligence-stix-objects:upload?api-version=2024-02-01-preview`,
    {
      sourcesystem: "byo-ti",
      stixobjects: [
        {
          id: "indicator--3f0d1c2a-1111-4a2b-8c3d-000000000001",
          type: "indicator",
          created: "2026-11-24T08:00:00Z",
          modified: "2026-11-24T08:00:00Z",
          pattern: "[domain-name:value = 'x.example.com']",
          pattern_type: "stix",
          valid_from: "2026-11-24T08:00:00Z",
        },
      ],
    },
  );

describe("the state file", () => {
  it("brings everything back after a restart, tokens included", async () => {
    const statePath = join(folder, "deep", "state.json");
    const first = await start({ statePath });
    await first.control("POST", "/seed", { foreign: 3, capacity: 77 });
    await first.control("POST", "/feeds/covid19", { version: 2 });
    await first.control("PUT", "/switches", { defenderMd5: "refuse" });
    await first.control("PUT", "/clock", { offsetMs: 5000 });
    expect((await upload(first)).status).toBe(200);
    const token = await first.token("TPI_Reader");
    const before = await first.control("GET", "/state");
    await first.close();

    const second = await start({ statePath });

    const after = await second.control("GET", "/state");
    expect({ ...Object(after.body), now: "" }).toEqual({ ...Object(before.body), now: "" });
    const list = await second.request("GET", "/defender/api/indicators", {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(list.status).toBe(200);
    expect((await stat(statePath)).mode & 0o777).toBe(0o600);
  });

  it("from before a switch existed is read with that switch at its default", async () => {
    const statePath = join(folder, "state.json");
    const first = await start({ statePath });
    await first.control("PUT", "/switches", { defenderMd5: "refuse" });
    await first.close();
    const saved = savedShape.parse(JSON.parse(await readFile(statePath, "utf8")));
    delete saved.switches["sentinelOlderModified"];
    await writeFile(statePath, JSON.stringify(saved));

    const second = await start({ statePath });

    expect((await second.control("GET", "/switches")).body).toMatchObject({
      defenderMd5: "refuse",
      sentinelOlderModified: "accept",
    });
  });

  it("is written while running, without anybody asking", async () => {
    const statePath = join(folder, "state.json");
    const sandbox = await start({ statePath });
    await sandbox.control("POST", "/feeds/covid19", { version: 2 });

    await expect
      .poll(
        () =>
          readFile(statePath, "utf8").then(
            (text) => pick(JSON.parse(text), "covid19Version"),
            () => null,
          ),
        { timeout: 10_000 },
      )
      .toBe(2);
  });

  it.each(["{ half", '{"version":99}'])(
    "that cannot be read (%s) is set aside and reported",
    async (content) => {
      const statePath = join(folder, "state.json");
      await writeFile(statePath, content);
      const warnings: string[] = [];

      const sandbox = await start({ statePath, warn: (message) => warnings.push(message) });

      expect((await sandbox.control("GET", "/clock")).status).toBe(200);
      expect(await readFile(`${statePath}.unreadable`, "utf8")).toBe(content);
      expect(warnings).toEqual([textLike("cannot be read")]);
    },
  );

  it("that cannot be written is reported, and the sandbox goes on", async () => {
    await writeFile(join(folder, "file"), "");
    const warnings: string[] = [];
    await expect(
      start({ statePath: join(folder, "file", "state.json"), warn: (message) => warnings.push(message) }),
    ).rejects.toThrow();
  });
});

describe("bad input", () => {
  it.each(["identity", "gzip"])(
    "above 50 MB is refused with 413 (%s)",
    { timeout: 60_000 },
    async (encoding) => {
      const sandbox = await start();
      const plain = Buffer.alloc(MAX_BODY_BYTES + 1, " ");

      const response = await fetch(`${sandbox.url}/defender/api/indicators`, {
        method: "POST",
        body: encoding === "gzip" ? gzipSync(plain) : plain,
        headers: { "content-encoding": encoding },
      });

      expect(response.status).toBe(413);
    },
  );

  it("in a broken or unknown encoding is refused", async () => {
    const sandbox = await start();
    const post = (encoding: string) =>
      sandbox.request("POST", "/defender/api/indicators", {
        body: "x",
        headers: { "content-encoding": encoding },
      });

    expect((await post("gzip")).status).toBe(400);
    expect((await post("br")).status).toBe(415);
  });

  it.each([
    ["%", "GET /%ff%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404],
    ["a strange host", "GET / HTTP/1.1\r\nHost: <script>\r\nConnection: close\r\n\r\n", 200],
    ["no HTTP", "NONSENSE\r\n\r\n", 400],
    ["an absolute address", "GET http://[ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400],
  ])("such as %s is answered", async (_case, raw, status) => {
    const sandbox = await start();

    const answer = await exchange(sandbox.url, raw);

    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
    expect(answer).not.toContain("<script>");
    expect((await sandbox.control("GET", "/clock")).status).toBe(200);
  });

  it("that leads to a header which cannot be sent is a 500, and the sandbox goes on", async () => {
    const warnings: string[] = [];
    const sandbox = await start({ warn: (message) => warnings.push(message) });

    expect((await sandbox.request("GET", "/feeds/faults/redirect?to=%0A")).status).toBe(500);
    expect(warnings).toHaveLength(1);
    expect((await sandbox.control("GET", "/clock")).status).toBe(200);
  });

  it("leaves other callers alone when one hangs up in the middle", async () => {
    const sandbox = await start();
    const socket = connect(Number(new URL(sandbox.url).port), "127.0.0.1");
    await new Promise<void>((resolve) => {
      socket.write(
        "POST /defender/api/indicators HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf",
        () => {
          socket.destroy();
          resolve();
        },
      );
    });

    expect((await sandbox.control("GET", "/clock")).status).toBe(200);
  });
});

it("rejects when its port is taken", async () => {
  const sandbox = await start();

  await expect(startHarness({ port: Number(new URL(sandbox.url).port) })).rejects.toThrow("EADDRINUSE");
});

const exchange = (url: string, raw: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.write(raw));
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString()));
    socket.on("end", () => {
      resolve(answer);
    });
    socket.on("error", reject);
  });
