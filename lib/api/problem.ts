import { transportHeaders } from "@/lib/auth/browser-rules";
import { usesHttps } from "@/lib/auth/uses-https";
import { AppError, type ErrorCode, type FieldProblem } from "@/lib/domain/errors";

/** Where a refused field stood. */
export type RequestPart = "body" | "query" | "path";
export type LocatedProblem = FieldProblem & { in: RequestPart };

/** An RFC 9457 problem document. `type` never changes once published: programs compare it. */
type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance?: string;
  errors?: readonly LocatedProblem[];
};

/** Every kind of problem that the API answers with, by the last part of its `type`. */
export const PROBLEMS = {
  "invalid-request": { status: 400, title: "The request is not valid" },
  "blocked-address": { status: 400, title: "The address is not allowed" },
  unauthenticated: { status: 401, title: "Not signed in" },
  forbidden: { status: 403, title: "Not allowed" },
  "not-found": { status: 404, title: "Not found" },
  conflict: { status: 409, title: "In conflict with the present state" },
  stale: { status: 409, title: "Changed in the meantime" },
  "too-large": { status: 413, title: "The request is too large" },
  "unsupported-media-type": { status: 415, title: "Not JSON" },
  "idempotency-key-reused": { status: 422, title: "The idempotency key belongs to another request" },
  "too-many-requests": { status: 429, title: "Too many requests" },
  internal: { status: 500, title: "Something went wrong" },
  "upstream-rejected": { status: 502, title: "Refused by the other side" },
  "upstream-unavailable": { status: 503, title: "The other side is not reachable" },
} as const satisfies Record<string, { status: number; title: string }>;
export type ProblemName = keyof typeof PROBLEMS;

/** The stable `type` of a problem. */
export const problemType = (name: ProblemName): string => `urn:sluice:problem:${name}`;

type Options = { errors?: readonly LocatedProblem[]; headers?: Readonly<Record<string, string>> };

/** A failure that the API itself finds, before or after the work of a route. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: ProblemName;
  readonly errors: readonly LocatedProblem[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(problem: ProblemName, detail: string, { errors = [], headers = {} }: Options = {}) {
    super(detail);
    this.problem = problem;
    this.errors = errors;
    this.headers = headers;
  }
}

/** Any failure as a problem; null for what nobody anticipated, of which nothing may be told. */
export const asProblemError = (error: unknown): ProblemError | null => {
  if (error instanceof ProblemError) return error;
  if (!(error instanceof AppError)) return null;
  const errors = error.fields.map((field) => ({ ...field, in: "body" as const }));
  return new ProblemError(BY_CODE[error.code], error.message, { errors, headers: headersOf(error) });
};

const BY_CODE: Record<ErrorCode, ProblemName> = {
  invalid_input: "invalid-request",
  blocked_address: "blocked-address",
  unauthenticated: "unauthenticated",
  forbidden: "forbidden",
  not_found: "not-found",
  conflict: "conflict",
  stale: "stale",
  throttled: "too-many-requests",
  upstream_rejected: "upstream-rejected",
  upstream_unavailable: "upstream-unavailable",
};

const headersOf = ({ code, context }: AppError): Record<string, string> => {
  const retryAfterSeconds = context["retryAfterSeconds"];
  if (typeof retryAfterSeconds === "number") return { "retry-after": String(retryAfterSeconds) };
  return code === "unauthenticated" ? { "www-authenticate": 'Bearer realm="sluice"' } : {};
};

/** The answer that carries a problem. */
export const problemResponse = (error: ProblemError, requestId: string): Response => {
  const { status, title } = PROBLEMS[error.problem];
  const problem: Problem = {
    type: problemType(error.problem),
    title,
    status,
    detail: error.message,
    instance: `urn:uuid:${requestId}`,
    ...(error.errors.length > 0 && { errors: error.errors }),
  };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { ...error.headers, ...commonHeaders(requestId), "content-type": "application/problem+json" },
  });
};

/** What every answer of the API carries: nothing is cached, its id can be found in the log, https stays https. */
export const commonHeaders = (requestId: string): Record<string, string> => ({
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-request-id": requestId,
  ...transportHeaders({ isHttps: usesHttps() }),
});
