import { AppError, type Retry } from "@/lib/domain/errors";

/** Turns what a socket, TLS or the HTTP parser threw into a sentence that names `host` and what to do. An AppError passes through. */
export const describeNetworkFailure = (error: unknown, host: string): AppError => {
  const chain = causes(error);
  const known = chain.find((cause) => cause instanceof AppError);
  if (known) return known;
  for (const cause of chain) {
    const code = codeOf(cause);
    const text = code === null ? undefined : TEXTS.get(code);
    if (text)
      return new AppError("upstream_unavailable", text.say(host), {
        retry: text.retry,
        cause: error,
        // Then asking for less would not help, and nothing was carried out.
        context: { wasReached: !NEVER_REACHED.has(code ?? "") || wasUnderWay(cause) },
      });
  }
  return new AppError("upstream_unavailable", `${host} could not be reached.`, {
    retry: "later",
    cause: error,
  });
};

const NEVER_REACHED = new Set([
  ...["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT"],
  "UND_ERR_CONNECT_TIMEOUT",
  // Whose certificate is not taken is told nothing.
  ...[
    "CERT_HAS_EXPIRED",
    "CERT_NOT_YET_VALID",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "DEPTH_ZERO_SELF_SIGNED_CERT",
  ],
  ...["SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE", "UNABLE_TO_GET_ISSUER_CERT"],
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
]);

/** The connection stood already: a route that is lost then, or a wait in vain, says nothing of what had left. */
const wasUnderWay = (cause: unknown): boolean =>
  cause instanceof Error && "syscall" in cause && (cause.syscall === "read" || cause.syscall === "write");

// Node nests the reason: undici in `cause`, attempts on several addresses in `errors`.
const causes = (error: unknown, depth = 0): unknown[] => {
  if (!(error instanceof Error) || depth > 5) return [error];
  const inner: unknown[] = error instanceof AggregateError ? error.errors : [];
  return [
    error,
    ...[error.cause, ...inner].flatMap((next) => (next === undefined ? [] : causes(next, depth + 1))),
  ];
};

const codeOf = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  if (error.name === "HTTPParserError") return "HTTP_PARSER";
  return "code" in error && typeof error.code === "string" ? error.code : null;
};

type Text = { say: (host: string) => string; retry: Retry };
const later = (say: Text["say"]): Text => ({ say, retry: "later" });
const never = (say: Text["say"]): Text => ({ say, retry: "never" });

const cutShort = later((host) => `${host} ended the answer before it was complete. Nothing of it was used.`);
const notTrusted = never(
  (host) =>
    `The certificate of ${host} is not from an authority this server trusts. If it is an internal one, a feed takes it in its own settings, and an operator can add it for all with NODE_EXTRA_CA_CERTS.`,
);
const unreachable = later(
  (host) => `There is no route to ${host}. Check the network and firewall of this server.`,
);

const TEXTS: ReadonlyMap<string, Text> = new Map([
  [
    "ENOTFOUND",
    later((host) => `The name ${host} does not exist in DNS. Check the address for typing errors.`),
  ],
  ["EAI_AGAIN", later((host) => `The name ${host} could not be looked up: the DNS server did not answer.`)],
  [
    "ECONNREFUSED",
    later((host) => `${host} refused the connection: nothing listens there, or a firewall rejects us.`),
  ],
  ["ECONNRESET", cutShort],
  ["UND_ERR_SOCKET", cutShort],
  ["UND_ERR_RES_CONTENT_LENGTH_MISMATCH", cutShort],
  [
    "HTTP_PARSER",
    later((host) => `${host} did not answer in valid HTTP, or ended the answer in the middle.`),
  ],
  [
    "EPROTO",
    never((host) => `${host} does not speak TLS on this port. Is the address http rather than https?`),
  ],
  [
    "ERR_SSL_WRONG_VERSION_NUMBER",
    never((host) => `${host} does not speak TLS on this port. Is the address http rather than https?`),
  ],
  ["EHOSTUNREACH", unreachable],
  ["ENETUNREACH", unreachable],
  ["ETIMEDOUT", later((host) => `${host} did not accept the connection in time.`)],
  ["UND_ERR_CONNECT_TIMEOUT", later((host) => `${host} did not accept the connection in time.`)],
  ["UND_ERR_HEADERS_TIMEOUT", later((host) => `${host} accepted the connection but did not answer in time.`)],
  ["UND_ERR_BODY_TIMEOUT", later((host) => `${host} stopped sending in the middle of the answer.`)],
  ["UND_ERR_HEADERS_OVERFLOW", never((host) => `${host} answered with more header text than is accepted.`)],
  [
    "CERT_HAS_EXPIRED",
    never((host) => `The certificate of ${host} has expired. Its operator must renew it.`),
  ],
  [
    "CERT_NOT_YET_VALID",
    never((host) => `The certificate of ${host} is not valid yet. Check the clock of this server.`),
  ],
  [
    "ERR_TLS_CERT_ALTNAME_INVALID",
    never((host) => `The certificate shown at ${host} belongs to another name.`),
  ],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", notTrusted],
  ["SELF_SIGNED_CERT_IN_CHAIN", notTrusted],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", notTrusted],
  ["UNABLE_TO_GET_ISSUER_CERT", notTrusted],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", notTrusted],
]);
