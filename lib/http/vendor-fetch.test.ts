import { afterEach, describe, expect, it } from "vitest";

import { localServers } from "./testing/local-server";
import { createVendorFetch } from "./vendor-fetch";

const servers = localServers();
afterEach(() => servers.closeAll());

describe("vendor fetch", () => {
  it("sends JSON with the token and reads the answer", async () => {
    const seen: unknown[] = [];
    const date = "Tue, 24 Nov 2026 12:00:00 GMT";
    const origin = await servers.http((request, response) => {
      request.on("data", (chunk: Buffer) => seen.push(chunk.toString()));
      seen.push(request.headers.authorization, request.headers["content-type"]);
      request.on("end", () =>
        response.writeHead(200, { date, "retry-after": "3", "set-cookie": "a=b" }).end('{"value":[1]}'),
      );
    });
    const fetch = createVendorFetch({ allowedOrigins: [origin] });

    const answer = await fetch({
      method: "POST",
      effect: "write",
      url: `${origin}/api`,
      bearer: "T",
      body: { json: { a: 1 } },
    });

    expect(answer).toEqual({
      status: 200,
      headers: { date, "retry-after": "3" },
      text: '{"value":[1]}',
      json: { value: [1] },
    });
    expect(seen).toEqual(["Bearer T", "application/json", '{"a":1}']);
  });

  it("answers a page or nothing as no JSON", async () => {
    const origin = await servers.http((request, response) =>
      response.writeHead(502).end(request.url === "/page" ? "<html>" : ""),
    );
    const fetch = createVendorFetch({ allowedOrigins: [origin] });

    expect(await fetch({ method: "GET", url: `${origin}/page` })).toMatchObject({
      status: 502,
      text: "<html>",
      json: undefined,
    });
    expect(await fetch({ method: "GET", url: `${origin}/none` })).toMatchObject({
      text: "",
      json: undefined,
    });
  });

  it("sends nothing to a host that is not of the cloud, and follows no redirect", async () => {
    const reached: string[] = [];
    const other = await servers.http((_request, response) => {
      reached.push("other");
      response.end();
    });
    const origin = await servers.http((_request, response) =>
      response.writeHead(302, { location: other }).end(),
    );
    const fetch = createVendorFetch({ allowedOrigins: [origin] });

    await expect(fetch({ method: "GET", url: other, bearer: "T" })).rejects.toMatchObject({
      code: "blocked_address",
    });
    expect((await fetch({ method: "GET", url: origin, bearer: "T" })).status).toBe(302);
    expect(reached).toEqual([]);
  });

  it("takes plain http for loopback only", () => {
    expect(() => createVendorFetch({ allowedOrigins: ["http://api.example"] })).toThrow("by https");
    expect(() => createVendorFetch({ allowedOrigins: ["https://api.example"] })).not.toThrow();
  });

  it("lets reads out of a dry run and no write", async () => {
    const methods: string[] = [];
    const origin = await servers.http((request, response) => {
      methods.push(request.method ?? "");
      response.end("{}");
    });
    const fetch = createVendorFetch({ allowedOrigins: [origin], isDryRun: true });

    await fetch({ method: "GET", url: origin });
    await fetch({ method: "POST", effect: "read", url: origin, body: { form: "a=b" } });
    await expect(fetch({ method: "POST", effect: "write", url: origin })).rejects.toThrow("Dry run");
    await expect(fetch({ method: "DELETE", effect: "write", url: origin })).rejects.toThrow("Dry run");

    expect(methods).toEqual(["GET", "POST"]);
  });

  it("never repeats a token in a failure", async () => {
    const origin = await servers.raw("nonsense\r\n\r\n");
    const fetch = createVendorFetch({ allowedOrigins: [origin] });

    const failure: unknown = await fetch({ method: "GET", url: origin, bearer: "canary" }).catch(
      (error: unknown) => error,
    );

    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain("canary");
    expect(failure).toMatchObject({ code: "upstream_unavailable" });
  });

  it("limits size and time", async () => {
    const origin = await servers.http((request, response) => {
      if (request.url === "/long") response.end("x".repeat(2000));
    });
    const fetch = createVendorFetch({ allowedOrigins: [origin], maxBodyBytes: 1000, totalMs: 50 });

    await expect(fetch({ method: "GET", url: `${origin}/long` })).rejects.toThrow("longer than");
    await expect(fetch({ method: "GET", url: `${origin}/never` })).rejects.toThrow("took longer");
  });
});
