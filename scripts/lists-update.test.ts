import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPT = join(import.meta.dirname, "lists-update.mjs");
const HEAD = { source: "s", licence: "CC0-1.0", defaultEffect: "warn", types: null };

let folder: string;
let mirror: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-lists-"));
  mirror = mkdtempSync(join(tmpdir(), "sluice-mirror-"));
});
afterEach(() => {
  for (const directory of [folder, mirror]) rmSync(directory, { recursive: true });
});

const write = (path: string, content: unknown): void => {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
};
const keep = (id: string, list: Record<string, unknown>): void => {
  write(join(folder, "lists", `${id}.json`), { name: id, ...HEAD, version: 1, upstream: id, ...list });
};
const publish = (id: string, version: number, list: readonly string[]): void => {
  write(join(mirror, "lists", id, "list.json"), { name: id, version, list });
};
const kept = (id: string) =>
  JSON.parse(readFileSync(join(folder, "lists", `${id}.json`), "utf8")) as {
    version: number;
    entries: string[];
  };

const update = async (...options: string[]): Promise<{ code: number; text: string }> => {
  const args = ["--import=tsx", SCRIPT, mirror, ...options];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, args, {
      env: { ...process.env, LISTS_FOLDER: folder },
    });
    return { code: 0, text: stdout };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, text: stdout + stderr };
  }
};

describe("npm run lists:update", () => {
  it("writes canonical entries in one order, says what changed, and changes nothing the second time", async () => {
    keep("nets", { match: "cidr", entries: ["192.0.2.0/24", "9.9.9.9"] });
    publish("nets", 2, ["9.9.9.9/32", "8.8.8.9/24", "0.0.0.0/0", "address"]);
    keep("hosts", { match: "hostname", leftOut: ["github.com"], entries: [] });
    publish("hosts", 7, [
      ".Google.AD",
      "domain",
      "co.uk",
      "github.com",
      "bücher.de",
      "example.com/page",
      "google.ad",
    ]);
    keep("names", { match: "string", entries: [] });
    publish("names", 7, [".sharepoint.com", "sharepoint.com"]);

    const { code, text } = await update();

    expect(code).toBe(0);
    expect(text).toMatch(/nets +1 → 2: 2 entries, \+1 −1\n +\+ 8\.8\.8\.0\/24\n +− 192\.0\.2\.0\/24/);
    expect(text).toContain("4 of the source left out, such as domain");
    expect(kept("nets")).toMatchObject({ version: 2, entries: ["8.8.8.0/24", "9.9.9.9"] });
    expect(kept("hosts").entries).toStrictEqual(["google.ad", "xn--bcher-kva.de"]);
    expect(kept("names").entries).toStrictEqual(["sharepoint.com"]);
    const heads = readFileSync(join(folder, "heads.json"), "utf8");
    expect(JSON.parse(heads)).toMatchObject([{ id: "hosts", count: 2 }, { id: "names" }, { id: "nets" }]);

    expect((await update()).text).toMatch(/nets +2: 2 entries, \+0 −0/);
    expect(readFileSync(join(folder, "heads.json"), "utf8")).toBe(heads);
  });

  it("writes nothing at all when a list shrinks by more than a fifth, unless told so", async () => {
    const entries = ["a.com", "b.com", "c.com", "d.com", "e.com"];
    keep("one", { match: "hostname", entries });
    publish("one", 2, ["a.com", "b.com", "c.com"]);
    keep("other", { match: "hostname", entries });
    publish("other", 2, [...entries, "f.com"].slice(1));

    const { code, text } = await update();

    expect(code).toBe(1);
    expect(text).toContain("Nothing was written: one would shrink too far.");
    expect(kept("one").entries).toStrictEqual(entries);
    expect(kept("other").version).toBe(1);

    expect((await update("--force")).code).toBe(0);
    expect(kept("one").entries).toStrictEqual(["a.com", "b.com", "c.com"]);
  });

  it("leaves a list as it is when the mirror's is older, and looks only with --dry-run", async () => {
    keep("old", { version: 9, match: "hostname", entries: ["a.com"] });
    publish("old", 8, ["b.com"]);
    keep("young", { match: "hostname", entries: ["a.com"] });
    publish("young", 8, ["a.com", "b.com"]);

    const { text } = await update("--dry-run");

    expect(text).toContain("the mirror has the older version 8");
    expect(text).toMatch(/young +1 → 8: 2 entries, \+1 −0/);
    expect(kept("young").entries).toStrictEqual(["a.com"]);
  });

  it("refuses a mirror that lacks a list or has something else in its place", async () => {
    keep("one", { match: "hostname", entries: ["a.com"] });
    expect((await update()).text).toContain("list.json");
    write(join(mirror, "lists/one/list.json"), { message: "Not found" });
    expect(await update()).toMatchObject({
      code: 1,
      text: expect.stringContaining("this is no warninglist") as string,
    });
  });
});
