import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll } from "vitest";

type Answer = { status?: number; headers?: Record<string, string>; body: string | Buffer };

/** A feed's server on this machine: answers what the test last gave it, and remembers what it was asked. */
export const useFeedServer = () => {
  let answer: Answer = { body: "" };
  const requests: { url: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? "", headers: request.headers });
    response.writeHead(answer.status ?? 200, { "content-type": "text/plain", ...answer.headers });
    response.end(answer.body);
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
    serve: (next: Answer | string): void => {
      answer = typeof next === "string" ? { body: next } : next;
    },
  };
};
