import { AppError } from "@/lib/domain/errors";

export type HeaderMap = Readonly<Record<string, string>>;

/** Lower-cases the names of headers that a person entered; throws `invalid_input` for what would break or steer the request. */
export const checkHeaders = (headers: HeaderMap): HeaderMap => {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (!HEADER_NAME.test(key)) throw refuse(name, "is not a header name");
    if (OURS.has(key)) throw refuse(name, "is set by the connection itself");
    // A line break in a value would start another header or another request.
    if (!HEADER_VALUE.test(value)) throw refuse(name, "has a value with line breaks or control characters");
    checked[key] = value;
  }
  return checked;
};

/** One header of an answer as text, repeated ones joined by a comma; null when absent. */
export const headerText = (
  headers: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): string | null => {
  const value = headers[name];
  return Array.isArray(value) ? value.join(", ") : (value ?? null);
};

const refuse = (name: string, why: string): AppError =>
  new AppError("invalid_input", `The header ${JSON.stringify(name)} ${why}. Remove or correct it.`);

const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const OURS = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "accept-encoding",
  "if-none-match",
  "if-modified-since",
]);
