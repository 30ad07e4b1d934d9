import { type IncomingHttpHeaders } from "node:http";

const SECRET_HEADERS = new Set(["authorization", "cookie", "x-misp-auth", "proxy-authorization"]);
const SECRET_FIELDS = new Set([
  "client_secret",
  "client_assertion",
  "password",
  "refresh_token",
  "code",
  "authkey",
  "assertion",
]);

const REDACTED = "[redacted]";

/** The headers as they may be shown: credentials replaced, the scheme of `Authorization` kept. */
export const redactHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      const text = Array.isArray(value) ? value.join(", ") : (value ?? "");
      if (!SECRET_HEADERS.has(name)) return [name, text];
      const scheme = /^(?:basic|bearer)(?= )/i.exec(text)?.[0];
      return [name, scheme === undefined ? REDACTED : `${scheme} ${REDACTED}`];
    }),
  );

/** The fields of a form or query as they may be shown. Repeated fields are joined with a comma. */
export const redactFields = (fields: URLSearchParams): Record<string, string> => {
  const shown: Record<string, string> = {};
  for (const name of new Set(fields.keys())) {
    shown[name] = SECRET_FIELDS.has(name.toLowerCase()) ? REDACTED : fields.getAll(name).join(",");
  }
  return shown;
};
