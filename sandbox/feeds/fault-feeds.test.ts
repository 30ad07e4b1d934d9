import { gunzipSync } from "node:zlib";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startHarness, type Harness } from "../testing/harness";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());

const get = (name: string, headers: Record<string, string> = {}) =>
  sandbox.request("GET", `/feeds/faults/${name}`, { headers });

describe("a feed that goes wrong", () => {
  it.each([
    ["html", 200, "text/html; charset=utf-8"],
    ["empty", 200, "text/csv; charset=utf-8"],
    ["comments", 200, "text/plain; charset=utf-8"],
    ["404", 404, "text/plain; charset=utf-8"],
    ["429", 429, "text/plain; charset=utf-8"],
    ["sign-in", 200, "text/html; charset=utf-8"],
    ["robot-check", 403, "text/html; charset=UTF-8"],
    ["robot-page", 200, "text/html; charset=UTF-8"],
    ["500", 500, "text/plain; charset=utf-8"],
    ["503", 503, "text/plain; charset=utf-8"],
    ["basic-auth", 401, "text/plain; charset=utf-8"],
    ["unheard-of", 404, "text/plain; charset=utf-8"],
  ])("%s answers %i", async (name, status, contentType) => {
    const answer = await get(name);

    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe(contentType);
  });

  it("truncated announces more than it sends", async () => {
    await expect(get("truncated")).rejects.toThrow();
    const response = await fetch(`${sandbox.url}/feeds/faults/truncated`);
    const announced = Number(response.headers.get("content-length"));
    let received = 0;

    await expect(
      (async () => {
        for await (const chunk of response.body ?? []) received += Buffer.from(chunk).length;
      })(),
    ).rejects.toThrow();
    expect(received).toBeGreaterThan(0);
    expect(received).toBeLessThan(announced);
  });

  it("slow waits as long as it is told", async () => {
    const startedAt = performance.now();

    expect((await get("slow?delayMs=120")).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
  });

  it("huge streams as much as it is told, without saying how much", async () => {
    const answer = await get("huge?mb=2");

    expect(answer.text.length).toBe(2 * 1024 * 1024);
    expect(answer.headers.has("content-length")).toBe(false);
  });

  it("half has every second row, semicolons all of them", async () => {
    const lines = async (name: string) => (await get(name)).text.split("\r\n");

    expect(await lines("half")).toHaveLength(475);
    expect(await lines("semicolons")).toHaveLength(950);
    expect((await lines("semicolons"))[0]?.split(";")).toHaveLength(7);
  });

  it("login leads to a page that asks to sign in", async () => {
    expect((await get("login")).headers.get("location")).toBe(`${sandbox.url}/feeds/faults/sign-in`);
  });

  it("gzip-file is a file of its own, gzip-file-cut lacks its end", async () => {
    const bytes = async (name: string) =>
      Buffer.from(await (await fetch(`${sandbox.url}/feeds/faults/${name}`)).arrayBuffer());

    expect(
      gunzipSync(await bytes("gzip-file"))
        .toString()
        .split("\r\n"),
    ).toHaveLength(950);
    const cut = await bytes("gzip-file-cut");
    expect(() => gunzipSync(cut)).toThrow("unexpected end of file");
  });

  it("drip begins at once", async () => {
    const hangUp = new AbortController();
    const response = await fetch(`${sandbox.url}/feeds/faults/drip`, { signal: hangUp.signal });
    const first = await response.body?.getReader().read();
    hangUp.abort();

    expect(Buffer.from(first?.value ?? []).toString()).toContain("sha256");
  });

  it("basic-auth opens to the preset's user", async () => {
    const authorization = `Basic ${Buffer.from("feed-reader:sandbox-feed-password").toString("base64")}`;

    expect((await get("basic-auth", { authorization })).text.split("\r\n")).toHaveLength(36);
  });

  it("redirect leads to another origin of this machine, or wherever it is told", async () => {
    const here = new URL(sandbox.url);
    const location = new URL((await get("redirect")).headers.get("location") ?? "");

    expect(location.port).toBe(here.port);
    expect(location.origin).not.toBe(here.origin);
    expect((await get("redirect?to=http://169.254.169.254/")).headers.get("location")).toBe(
      "http://169.254.169.254/",
    );
  });

  it("redirect-loop leads to itself", async () => {
    expect((await get("redirect-loop")).headers.get("location")).toBe(
      `${sandbox.url}/feeds/faults/redirect-loop`,
    );
  });

  it("gzip is sound, gzip-broken is not", async () => {
    const sound = (await get("gzip")).text;
    const broken = await get("gzip-broken").then(
      ({ text }) => text,
      () => "refused",
    );

    expect(sound.split("\r\n")).toHaveLength(950);
    expect(broken).not.toBe(sound);
  });

  it("gzip-bomb is small on the wire", async () => {
    const response = await fetch(`${sandbox.url}/feeds/faults/gzip-bomb`, { method: "HEAD" });

    expect(Number(response.headers.get("content-length"))).toBeLessThan(1024 * 1024);
  });
});
