import { type IncomingHttpHeaders } from "node:http";

/** The application that a verified access token names. */
export type Principal = { tenantId: string; clientId: string; displayName: string };

/** A record that a request made or changed: which one, of what, and who made it. */
export type WrittenRecord = { id: string; value: string; createdBy: string };

/** One received request, read whole. `principal` is filled in by whoever verifies its token, `records` by whoever stores them, for the journal. */
export type Call = {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Scheme, host and port as the caller wrote them, so that links in answers lead back the same way. */
  readonly origin: string;
  readonly params: Readonly<Partial<Record<string, string>>>;
  principal: Principal | null;
  readonly records: WrittenRecord[];
};

/** The decoded path parameter that the matched route declares; a name it does not declare is a programming error. */
export const pathParam = (call: Call, name: string): string => {
  const value = call.params[name];
  if (value === undefined) throw new Error(`The route declares no parameter ${name}.`);
  return value;
};

type Parsed = { ok: true; value: unknown } | { ok: false; message: string };

/** The body as JSON (a byte-order mark is tolerated); a body that is none says why. */
export const readJson = (call: Call): Parsed => {
  try {
    return { ok: true, value: JSON.parse(call.body.toString("utf8").replace(/^\uFEFF/, "")) };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : "The body is not JSON." };
  }
};

/** Whether the body was sent as an HTML form. */
export const isForm = (call: Call): boolean =>
  (call.headers["content-type"] ?? "").toLowerCase().startsWith("application/x-www-form-urlencoded");

/** The fields of a form body; empty for any other body. */
export const readForm = (call: Call): URLSearchParams =>
  new URLSearchParams(isForm(call) ? call.body.toString("utf8") : "");
