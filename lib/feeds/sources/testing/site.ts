import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, beforeEach } from "vitest";

import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import type { mispSettingsSchema } from "@/lib/domain/feed/misp-settings";
import type { taxiiSettingsSchema } from "@/lib/domain/feed/taxii-settings";
import type { Collected, OpenAddress, SourceContext } from "@/lib/feeds/source";

import type { z } from "zod";

type Asked = { method: string; path: string; headers: IncomingMessage["headers"]; body: string };
type Answer = { status?: number; headers?: Record<string, string>; body?: string; breaksOff?: boolean };
type Serve = (asked: Asked) => Answer;

/** A server on this machine that answers as the test says, and remembers what it was asked. */
export const useSite = () => {
  let serve: Serve = () => ({ status: 404 });
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      const one = {
        method: request.method ?? "",
        path: request.url ?? "",
        headers: request.headers,
        body,
      };
      asked.push(one);
      reply(response, serve(one));
    });
  });
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
  beforeEach(() => {
    asked.length = 0;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: (path: string): string =>
      `http://127.0.0.1:${String((server.address() as AddressInfo).port)}${path}`,
    asked,
    paths: (): string[] => asked.map(({ path }) => path),
    serve: (next: Serve): void => {
      serve = next;
    },
  };
};

const reply = (
  response: ServerResponse,
  { status = 200, headers = {}, body = "", breaksOff }: Answer,
): void => {
  response.writeHead(status, {
    ...headers,
    ...(breaksOff === true && { "content-length": String(body.length + 100) }),
  });
  if (breaksOff !== true) response.end(body);
  else response.write(body, () => response.destroy());
};

/** Opens addresses as a run would, without the guard and without trying again. */
const openPlainly: OpenAddress = async (url, request = {}) => {
  const { method = "GET", headers = {}, body, accept, etag, lastModified } = request;
  const { alsoStatuses = [], maxBytes } = request;
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { body }),
    headers: {
      ...(accept !== undefined && { accept }),
      ...headers,
      ...(etag && { "if-none-match": etag }),
      ...(lastModified && { "if-modified-since": lastModified }),
    },
    redirect: "manual",
  });
  const { status } = response;
  if (!response.ok && status !== 304 && !alsoStatuses.includes(status)) {
    await response.body?.cancel();
    throw status >= 500
      ? new AppError("upstream_unavailable", `It is in trouble (HTTP ${String(status)}).`, {
          retry: "later",
          context: { status },
        })
      : new AppError("upstream_rejected", `It refused (HTTP ${String(status)}).`, { context: { status } });
  }
  return {
    status,
    headers: Object.fromEntries(response.headers),
    etag: response.headers.get("etag"),
    lastModified: response.headers.get("last-modified"),
    finalUrl: url,
    body: limited(response.body, maxBytes ?? Number.POSITIVE_INFINITY),
    discard: () => void response.body?.cancel(),
  };
};

async function* limited(
  body: AsyncIterable<Uint8Array> | null,
  maxBytes: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  try {
    for await (const chunk of body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw new AppError("upstream_rejected", "It sent more than the limit.");
      yield chunk;
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError("upstream_unavailable", "It broke off.", { retry: "later", cause });
  }
}

type Given = Partial<Omit<SourceContext, "url" | "settings">> & {
  misp?: z.input<typeof mispSettingsSchema>;
  taxii?: z.input<typeof taxiiSettingsSchema>;
};

/** What a source is given, with the defaults of a first run. */
export const contextOf = (url: string, { misp = {}, taxii = {}, ...given }: Given = {}): SourceContext => ({
  url,
  settings: feedSettingsSchema.parse({ misp, taxii }),
  open: openPlainly,
  previous: null,
  etag: null,
  lastModified: null,
  spool: async (lines) => {
    const kept: string[] = [];
    for await (const line of lines) kept.push(line);
    return () => toLines(kept);
  },
  now: new Date("2026-11-20T12:00:00Z"),
  signal: new AbortController().signal,
  ...given,
});

/** A collected body read whole, as the next run would find it. */
export const readWhole = async (collected: Collected) => {
  if (collected.status !== "collected") throw new Error(`The source says ${collected.status}.`);
  const lines: string[] = [];
  for await (const line of collected.lines) lines.push(line);
  const end = collected.end();
  // The state is kept as JSON.
  const state: unknown = JSON.parse(JSON.stringify(end.state));
  return { ...end, extent: collected.extent, lines, previous: { state, lines: () => toLines(lines) } };
};

async function* toLines(lines: readonly string[]): AsyncGenerator<string, void, undefined> {
  for (const line of lines) yield await Promise.resolve(line);
}
