import { EventEmitter, once } from "node:events";
import { deflateRawSync, deflateSync, brotliCompressSync, gzipSync } from "node:zlib";

import { afterEach, describe, expect, it } from "vitest";

import { assertAnswered } from "./fetched-response";
import { createGuardedFetch, type FetchRequest, type GuardedFetch } from "./guarded-fetch";
import { localServers } from "./testing/local-server";
import { readText } from "./testing/read-text";

const servers = localServers();
afterEach(() => servers.closeAll());

const NOW = new Date("2026-11-24T12:00:00Z");
const openFetch = createGuardedFetch({ allowedCidrs: ["127.0.0.0/8"] });
const fetchText = async (fetch: GuardedFetch, url: string, request?: FetchRequest): Promise<string> =>
  readText((await fetch(url, request)).body);

describe("guarded fetch: answers", () => {
  it("sends what the last answer carried and passes a 304 on", async () => {
    const origin = await servers.http((request, response) => {
      const isKnown =
        request.headers["if-none-match"] === '"1"' && request.headers["if-modified-since"] === "Mon";
      response.writeHead(isKnown ? 304 : 200, { etag: '"1"', "last-modified": "Mon" }).end();
    });

    const first = await openFetch(origin);
    const second = await openFetch(origin, { etag: first.etag, lastModified: first.lastModified });

    expect([first.status, second.status]).toEqual([200, 304]);
    await expect(readText(second.body)).resolves.toBe("");
  });

  it.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["identity", (data: Buffer) => data],
    ["gzip, br", (data: Buffer) => brotliCompressSync(gzipSync(data))],
  ])("unpacks %s", async (encoding, pack) => {
    const text = "value\n".repeat(10_000);
    const origin = await servers.http((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(pack(Buffer.from(text)));
    });

    await expect(fetchText(openFetch, origin)).resolves.toBe(text);
  });

  it("takes an empty body for empty whatever its encoding", async () => {
    const origin = await servers.http((_request, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(),
    );

    await expect(fetchText(openFetch, origin)).resolves.toBe("");
  });

  it.each(["zstd", "gzip, gzip, gzip"])("refuses the encoding %s", async (encoding) => {
    const origin = await servers.http((_request, response) =>
      response.writeHead(200, { "content-encoding": encoding }).end("x"),
    );

    await expect(openFetch(origin)).rejects.toThrow("was not asked for");
  });

  it("stops at the limit of bytes that arrive", async () => {
    const origin = await servers.http((_request, response) => response.end("x".repeat(5000)));
    const limits = { maxWireBytes: 4096 };

    await expect(fetchText(openFetch, origin, { limits })).rejects.toThrow("more than 4 KB");
  });

  it("stops at the limit of bytes that come out", async () => {
    const origin = await servers.http((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(Buffer.alloc(100_000, "ab,cd\n")));
    });
    const limits = { maxDecodedBytes: 50 * 1024 };

    await expect(fetchText(openFetch, origin, { limits })).rejects.toThrow("more than 50 KB");
  });

  it("drops a decompression bomb long before its size limit", async () => {
    const bomb = gzipSync(Buffer.alloc(20 * 1024 * 1024));
    const origin = await servers.http((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
    });
    const { body } = await openFetch(origin);
    let size = 0;

    await expect(
      (async () => {
        for await (const chunk of body) size += chunk.byteLength;
      })(),
    ).rejects.toThrow("out of all proportion");
    expect(size).toBeLessThan(6 * 1024 * 1024);
  });

  it.each([
    ["a stated length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc"],
    [
      "a stated length on a closing connection",
      "HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nabc",
    ],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"],
    [
      "chunks on a closing connection",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n",
    ],
  ])("never takes a body cut short of %s for a whole one", async (_what, answer) => {
    const origin = await servers.raw(answer);

    await expect(fetchText(openFetch, origin)).rejects.toMatchObject({
      code: "upstream_unavailable",
      retry: "later",
    });
  });

  it.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ])("never takes half of a %s stream for a whole one", async (encoding, pack) => {
    const packed = pack(
      Buffer.from(Array.from({ length: 5000 }, (_, index) => `row ${String(index * 7919)}`).join("\n")),
    );
    const origin = await servers.http((_request, response) => {
      response.writeHead(200, { "content-encoding": encoding }).end(packed.subarray(0, packed.length / 2));
    });

    await expect(fetchText(openFetch, origin)).rejects.toThrow("before it was complete");
  });

  it("says so when the compressed data is broken", async () => {
    const origin = await servers.http((_request, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end("this is not gzip");
    });

    await expect(fetchText(openFetch, origin)).rejects.toThrow("cannot be unpacked");
  });

  it("gives up on a server that accepts and says nothing", async () => {
    const origin = await servers.http(() => undefined);

    await expect(openFetch(origin, { limits: { headersMs: 30 } })).rejects.toThrow("did not answer in time");
  });

  it("gives up on a server that stops in the middle", async () => {
    const origin = await servers.raw("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", false);

    await expect(fetchText(openFetch, origin, { limits: { idleMs: 30 } })).rejects.toThrow("stopped sending");
  });

  it("gives up on a server that drips for ever", async () => {
    const origin = await servers.http((_request, response) => {
      const timer = setInterval(() => response.write("x"), 5);
      response.on("close", () => {
        clearInterval(timer);
      });
    });

    await expect(fetchText(openFetch, origin, { limits: { totalMs: 100 } })).rejects.toThrow(
      "for the whole answer",
    );
  });

  it("stops when its caller does, with the caller's reason", async () => {
    const origin = await servers.http(() => undefined);
    const stop = new AbortController();
    const answer = openFetch(origin, { signal: stop.signal });
    stop.abort(new Error("shutting down"));

    await expect(answer).rejects.toThrow("shutting down");
  });

  it.each(["identity", "gzip"])(
    "stops in the middle of a body (%s), with the caller's reason",
    async (encoding) => {
      const text = Buffer.from(Array.from({ length: 9000 }, (_, row) => String(row * 7919)).join("\n"));
      const whole = encoding === "gzip" ? gzipSync(text) : text;
      const origin = await servers.http((_request, response) => {
        response.writeHead(200, { "content-encoding": encoding }).write(whole.subarray(0, whole.length / 2));
      });
      const stop = new AbortController();
      const { body } = await openFetch(origin, { signal: stop.signal });
      const read = async (): Promise<void> => {
        for await (const chunk of body) if (chunk.byteLength > 0) stop.abort(new Error("shutting down"));
      };

      await expect(read()).rejects.toThrow("shutting down");
    },
  );

  it("lets go of a connection whose body nobody wants", async () => {
    const sockets = new EventEmitter();
    const isClosed = once(sockets, "close");
    const origin = await servers.http((_request, response) => {
      response.on("close", () => sockets.emit("close", "closed"));
      response.write("x".repeat(100_000));
    });

    const response = await openFetch(origin);
    response.discard();

    await expect(isClosed).resolves.toEqual(["closed"]);
  });

  it("throws the failure of a status when asked to", async () => {
    const origin = await servers.http((_request, response) =>
      response.writeHead(503, { "retry-after": "5" }).end("no"),
    );
    const response = await openFetch(origin);

    await expect(assertAnswered(response, NOW)).rejects.toMatchObject({
      code: "upstream_unavailable",
      context: { status: 503, retryAfterMs: 5000 },
    });
  });

  it.each([
    ["its header", 403, { "cf-mitigated": "challenge" }, ""],
    ["its header beside a good status", 202, { "x-amzn-waf-action": "challenge" }, ""],
    ["its page", 503, {}, "<!DOCTYPE html><title>Just a moment...</title>"],
    ["a page without end", 403, {}, `<!DOCTYPE html><title>Just a moment...</title>${"x".repeat(1_000_000)}`],
  ])("says that a site takes us for a robot, by %s", async (_what, status, headers, body) => {
    const origin = await servers.http((_request, response) => response.writeHead(status, headers).end(body));

    await expect(assertAnswered(await openFetch(origin), NOW)).rejects.toMatchObject({
      code: "upstream_rejected",
      retry: "never",
      context: { status, reason: "robot_check" },
      message: expect.stringContaining("takes Sluice for a robot") as string,
    });
  });

  it.each([
    ["breaks off", "HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nabc"],
    [
      "speaks of a captcha where nothing is",
      "HTTP/1.1 404 Not Found\r\nContent-Length: 18\r\n\r\nSolve the captcha.",
    ],
  ])("keeps to the status when its page %s", async (_what, answer) => {
    const response = await openFetch(await servers.raw(answer));

    await expect(assertAnswered(response, NOW)).rejects.toMatchObject({
      context: { status: response.status },
      message: expect.not.stringContaining("robot") as string,
    });
  });

  it("does not wait for a refusal's page that does not come", async () => {
    const origin = await servers.raw("HTTP/1.1 403 Forbidden\r\nContent-Length: 100\r\n\r\nabc", false);

    await expect(assertAnswered(await openFetch(origin), NOW)).rejects.toThrow("refuses access");
  });

  it("posts a query", async () => {
    const seen: string[] = [];
    const origin = await servers.http((request, response) => {
      request.on("data", (chunk: Buffer) => seen.push(`${request.method ?? ""} ${chunk.toString()}`));
      request.on("end", () => response.end("ok"));
    });

    await fetchText(openFetch, origin, {
      method: "POST",
      body: "{}",
      headers: { "content-type": "application/json" },
    });

    expect(seen).toEqual(["POST {}"]);
  });
});
