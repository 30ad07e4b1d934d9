import { randomUUID } from "node:crypto";

import { json, text, type Reply } from "../http/reply";

const html = (status: number, title: string): Reply =>
  text(
    status,
    "text/html",
    `<html><head><title>${title}</title></head><body><center><h1>${title}</h1></center><hr></body></html>`,
  );

const entraError = (status: number, code: number, message: string, headers: Record<string, string>): Reply =>
  json(
    status,
    {
      error: "temporarily_unavailable",
      error_description: `AADSTS${String(code)}: ${message}`,
      error_codes: [code],
      timestamp: `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`,
      trace_id: randomUUID(),
      correlation_id: randomUUID(),
    },
    headers,
  );

const defenderError = (status: number, code: string, message: string, headers = {}): Reply =>
  json(status, { error: { code, message, target: randomUUID() } }, headers);

/** Answers that a scripted fault can give by name; README.md lists them. */
export const CANNED_ANSWERS = {
  "entra-throttled": () => entraError(429, 90055, "Too many requests.", { "retry-after": "5" }),
  "entra-unavailable": () =>
    entraError(503, 90033, "A transient error has occurred.", { "retry-after": "1" }),
  "gateway-html": () => html(502, "502 Bad Gateway"),
  "defender-unauthorized": () => defenderError(401, "Unauthorized", "The token is no longer accepted."),
  "defender-disabled-feature": () => defenderError(403, "DisabledFeature", "The feature is disabled."),
  "defender-throttled": () =>
    defenderError(
      429,
      "429",
      "API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 2 seconds.",
      { "retry-after": "2" },
    ),
  "defender-internal-error": () =>
    defenderError(500, "InternalServerError", "An internal error has occurred."),
  "sentinel-unauthorized": () =>
    json(401, { error: { code: "Unauthorized", message: "The token is no longer accepted." } }),
  "sentinel-throttled": () =>
    json(429, { statusCode: 429, message: "Rate limit is exceeded. Try again in 2 seconds." }),
  "sentinel-internal-error": () =>
    json(500, { statusCode: 500, message: "Internal server error", activityId: randomUUID() }),
} satisfies Record<string, () => Reply>;
