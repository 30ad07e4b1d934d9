import type { IncomingMessage } from "node:http";

import { ok } from "@/lib/domain/result";
import type { LocalServers } from "@/lib/http/testing/local-server";
import { createVendorFetch } from "@/lib/http/vendor-fetch";

import { createApiClient, type ApiClient, type CredentialWatch } from "../api-client";
import type { Operation } from "../contract";
import type { TokenRequest, TokenSource } from "../entra/token-source";

export type Seen = { method: string; path: string; authorization: string | null; body: unknown };
export type ScriptedAnswer = {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
};

export type ScriptedVendor = {
  origin: string;
  api: ApiClient;
  requests: Seen[];
  paced: Operation[];
  tokenRequests: TokenRequest[];
};

type VendorOptions = {
  watch?: CredentialWatch | undefined;
  /** By how much its clock is ahead. */
  aheadMs?: number;
};

/** A vendor on loopback whose every answer the test decides, and a client of it with made-up tokens `token-1`, `token-2`… */
export const scriptedVendor = async (
  servers: LocalServers,
  answer: (request: Seen, number: number) => ScriptedAnswer,
  { watch, aheadMs = 0 }: VendorOptions = {},
): Promise<ScriptedVendor> => {
  const requests: Seen[] = [];
  const paced: Operation[] = [];
  const tokenRequests: TokenRequest[] = [];
  const origin = await servers.http((request, response) => {
    void readBody(request).then((body) => {
      const seen = toSeen(request, body);
      requests.push(seen);
      const { status = 200, headers = {}, json, text } = answer(seen, requests.length);
      response.writeHead(status, headers).end(text ?? (json === undefined ? "" : JSON.stringify(json)));
    });
  });
  let issued = 1;
  const tokens: TokenSource = (_scope, request = {}) => {
    tokenRequests.push(request);
    if (request.insteadOf !== undefined || request.isFresh === true) issued += 1;
    const value = `token-${String(issued)}`;
    return Promise.resolve(ok({ value, roles: ["Ti.ReadWrite"], expiresAt: null, aheadMs }));
  };
  const api = createApiClient({
    fetch: createVendorFetch({ allowedOrigins: [origin] }),
    tokens,
    scope: "https://vendor.example/.default",
    pace: (operation) => {
      paced.push(operation);
      return Promise.resolve();
    },
    watch,
    now: () => new Date(),
  });
  return { origin, api, requests, paced, tokenRequests };
};

const readBody = async (request: IncomingMessage): Promise<string> => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
};

const toSeen = (request: IncomingMessage, body: string): Seen => ({
  method: request.method ?? "",
  path: request.url ?? "",
  authorization: request.headers.authorization ?? null,
  body: body === "" ? null : JSON.parse(body),
});
