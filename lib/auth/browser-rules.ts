// What is the same for every answer (no sniffing, no framing, no referrer to others) stands in next.config.js. What depends on
// the request or on a setting of this start is made here: next.config.js is read when the product is built.

type Situation = { isHttps: boolean };

/** HSTS: a year of https alone for this host. Nothing by http, where a browser would ignore it. */
export const transportHeaders = ({ isHttps }: Situation): Record<string, string> =>
  isHttps ? { "strict-transport-security": "max-age=31536000" } : {};

type PageSituation = Situation & {
  /** Of one answer and unguessable: only scripts that carry it run, and what these load. */
  nonce: string;
  /** React explains errors by `eval` while sources are served as they change. */
  isDevelopment: boolean;
};

/**
 * What a page may load and where it may send to: this site alone, in no frame. Styles may be inline: bars and charts carry
 * their measures as style attributes, which no nonce can cover.
 */
export const contentPolicy = ({ nonce, isHttps, isDevelopment }: PageSituation): string =>
  [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-src 'none'",
    "frame-ancestors 'none'",
    ...(isHttps ? ["upgrade-insecure-requests"] : []),
  ].join("; ");
