import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { z } from "zod";

/** Where the proxy answers by itself with a refusal that repeats all that it was sent. */
export const ECHO = "/echo";

const tokenSchema = z.object({ access_token: z.string() });

export type RecordingProxy = {
  url: string;
  /** Access tokens that Entra ID issued, and signed assertions that were sent to it. */
  tokens: ReadonlySet<string>;
  /** How often a path that begins so was asked for. */
  countOf: (path: string) => number;
  close: () => Promise<void>;
};

/** Stands before the sandbox and remembers what nobody else may: the secrets that travel on the wire. */
export const startRecordingProxy = async (target: string): Promise<RecordingProxy> => {
  const tokens = new Set<string>();
  const paths: string[] = [];
  const server = createServer((incoming, outgoing) => {
    paths.push(incoming.url ?? "");
    void handle(incoming, outgoing, { target, tokens });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    tokens,
    countOf: (path) => paths.filter((one) => one.startsWith(path)).length,
    close: () => close(server),
  };
};

type Context = { target: string; tokens: Set<string> };

const handle = async (
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { target, tokens }: Context,
): Promise<void> => {
  const body = await readAll(incoming);
  if (incoming.url?.startsWith(ECHO)) {
    outgoing.writeHead(403, `Forbidden ${incoming.headers.authorization ?? ""}`, {
      "content-type": "text/plain",
    });
    outgoing.end(JSON.stringify({ headers: incoming.headers, body: body.toString() }));
    return;
  }
  const assertion = new URLSearchParams(body.toString()).get("client_assertion");
  if (assertion !== null) tokens.add(assertion);
  const { method, url = "/", headers } = incoming;
  const forwarded = request(new URL(url, target), { method, headers }, (answer) => {
    void readAll(answer).then((text) => {
      if (url.includes("/oauth2/")) noteToken(text, tokens);
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      outgoing.end(text);
    });
  });
  // A sandbox that drops a connection is seen to drop it.
  forwarded.on("error", () => incoming.socket.destroy());
  forwarded.end(body);
};

const noteToken = (text: Buffer, tokens: Set<string>): void => {
  const { data } = tokenSchema.safeParse(parse(text.toString()));
  if (data) tokens.add(data.access_token);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const readAll = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
};

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
