import { EventEmitter, once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll } from "vitest";

type Answer = {
  status?: number;
  headers?: Record<string, string>;
  body: string | Buffer;
  /** After so many bytes the server falls silent and keeps the connection. */
  silentAfterBytes?: number;
};

/** A feed's server on this machine: answers what the test last gave it, and remembers what it was asked. */
export const useFeedServer = () => {
  let answer: Answer = { body: "" };
  let last: ServerResponse | null = null;
  const requests: { url: string; headers: IncomingHttpHeaders }[] = [];
  const events = new EventEmitter();
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? "", headers: request.headers });
    response.writeHead(answer.status ?? 200, { "content-type": "text/plain", ...answer.headers });
    last = response;
    const { body, silentAfterBytes } = answer;
    if (silentAfterBytes === undefined) {
      response.end(body);
      return;
    }
    response.write(Buffer.from(body).subarray(0, silentAfterBytes), () => events.emit("silent"));
  });
  const address = (): string => `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/feed`;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // The guard lets nothing on this machine through but the sandbox's origin: the server takes its place.
    process.env["SANDBOX_URL"] = new URL(address()).origin;
  });
  afterAll(() => {
    delete process.env["SANDBOX_URL"];
    server.closeAllConnections();
    server.close();
  });

  return {
    address,
    requests,
    /** Resolves when the next reader has got its bytes and waits in vain for the others. */
    untilSilent: async (): Promise<void> => {
      await once(events, "silent");
    },
    /** Resolves when the reader of the last answer has closed its connection. */
    untilClosed: async (): Promise<void> => {
      if (last && !last.closed) await once(last, "close");
    },
    serve: (next: Answer | string): void => {
      answer = typeof next === "string" ? { body: next } : next;
    },
  };
};
