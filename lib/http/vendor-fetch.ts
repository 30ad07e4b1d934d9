import { Agent, request as sendRequest } from "undici";

import { AppError } from "@/lib/domain/errors";

import { startDeadline } from "./deadline";
import { describeNetworkFailure } from "./describe-network-failure";
import { readBytes } from "./limited-body";
import { headerText, type HeaderMap } from "./outgoing-headers";

/** `read` marks a POST that changes nothing (a query, a token); a dry run lets only reads leave. */
export type VendorRequest = {
  url: string;
  bearer?: string;
  /** Further headers, for the endpoint of a managed identity. */
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
} & ({ method: "GET" } | { method: "POST" | "DELETE"; effect: "read" | "write"; body?: VendorBody });
type VendorBody = { json: unknown } | { form: string };

export type VendorAnswer = {
  status: number;
  headers: HeaderMap;
  text: string;
  /** The parsed body, or undefined when it is empty or not JSON. */
  json: unknown;
};

export type VendorFetch = (request: VendorRequest) => Promise<VendorAnswer>;

export type VendorFetchOptions = {
  /**
   * The only origins that requests, and so tokens and secrets, may go to. Plain http for those named here on a loopback host, or
   * where Azure answers a machine of its own, only.
   */
  allowedOrigins: readonly string[];
  isDryRun?: boolean;
  maxBodyBytes?: number;
  totalMs?: number;
};

/**
 * Makes a JSON client for one vendor's hosts. Redirects are not followed and any status is an answer; network failures, bodies
 * that are too long, foreign origins and writes of a dry run throw an AppError, which never holds a header, token or body.
 */
export const createVendorFetch = ({
  allowedOrigins,
  isDryRun = false,
  maxBodyBytes = 64 * 1024 * 1024,
  totalMs = 120_000,
}: VendorFetchOptions): VendorFetch => {
  const origins = new Set(allowedOrigins.map(checkOrigin));

  return async (asked) => {
    const { url } = assertSendable(asked, origins, isDryRun);
    const deadline = startDeadline(totalMs, url.host, asked.signal);
    try {
      const answer = await sendRequest(url, {
        method: asked.method,
        dispatcher: agent,
        signal: deadline.signal,
        ...toPayload(asked),
      });
      const bytes = await readBytes(answer.body, maxBodyBytes);
      const text = Buffer.from(bytes).toString("utf8");
      return { status: answer.statusCode, headers: pickHeaders(answer.headers), text, json: parseJson(text) };
    } catch (error) {
      if (asked.signal?.aborted === true) throw error;
      throw describeNetworkFailure(error, url.host);
    } finally {
      deadline.stop();
    }
  };
};

const checkOrigin = (origin: string): string => {
  const url = new URL(origin);
  const staysHere = LOOPBACK_HOSTS.has(url.hostname) || LINK_LOCAL.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && staysHere)) return url.origin;
  throw new AppError("blocked_address", `${url.host} must be reached by https: a secret is sent there.`);
};

const assertSendable = (
  asked: VendorRequest,
  origins: ReadonlySet<string>,
  isDryRun: boolean,
): { url: URL } => {
  const url = new URL(asked.url);
  if (!origins.has(url.origin)) {
    throw new AppError(
      "blocked_address",
      `${url.host} is not a host of this cloud; nothing was sent there.`,
      {
        context: { wasReached: false },
      },
    );
  }
  if (isDryRun && asked.method !== "GET" && asked.effect === "write") {
    throw new AppError("forbidden", "Dry run: a change was stopped before it left.", {
      context: { wasReached: false },
    });
  }
  return { url };
};

type Payload = { headers: Record<string, string>; body?: string };

const toPayload = (asked: VendorRequest): Payload => {
  const headers: Record<string, string> = {
    accept: "application/json",
    "user-agent": "Sluice",
    ...asked.headers,
    ...(asked.bearer === undefined ? {} : { authorization: `Bearer ${asked.bearer}` }),
  };
  if (asked.method === "GET" || asked.body === undefined) return { headers };
  if ("form" in asked.body) {
    headers["content-type"] = "application/x-www-form-urlencoded;charset=utf-8";
    return { headers, body: asked.body.form };
  }
  headers["content-type"] = "application/json";
  return { headers, body: JSON.stringify(asked.body.json) };
};

const pickHeaders = (headers: Readonly<Record<string, string | string[] | undefined>>): HeaderMap =>
  Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = headerText(headers, name);
      return value === null ? [] : [[name, value] as const];
    }),
  );

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Gateways answer in HTML; the caller judges by status and text.
  }
};

const LOOPBACK_HOSTS = new Set(["127.0.0.1", "[::1]", "localhost"]);
// The metadata service of an Azure machine; packets to it never leave the host.
const LINK_LOCAL = /^169\.254(?:\.\d{1,3}){2}$/;
// Enough to explain a failure; the others may hold cookies.
const KEPT_HEADERS = [
  "content-type",
  "date",
  "retry-after",
  "x-ms-error-code",
  "x-ms-request-id",
  "request-id",
];
// One pool for all vendors: idle sockets close by themselves, and a destination opened twice shares them.
const agent = new Agent({
  connect: { timeout: 10_000 },
  headersTimeout: 90_000,
  bodyTimeout: 60_000,
  keepAliveTimeout: 20_000,
});
