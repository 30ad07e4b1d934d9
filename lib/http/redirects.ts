import { AppError } from "@/lib/domain/errors";

import type { HeaderMap } from "./outgoing-headers";
import { parseOutgoingUrl } from "./outgoing-url";

export type Method = "GET" | "HEAD" | "POST";
/** One request of a chain. `headers` are those a person configured; they belong to the first origin alone. */
export type Hop = {
  url: URL;
  method: Method;
  headers: HeaderMap;
  body: string | null;
  hasLeftOrigin: boolean;
};

/** Where an answer sends us, or null when it is no redirect. */
export const redirectLocation = (status: number, location: string | null): string | null =>
  REDIRECTS.has(status) && location !== null && location !== "" ? location : null;

/** The next request after a redirect. A change of origin (https to http is one) drops every configured header for good. */
export const followRedirect = (hop: Hop, status: number, location: string): Hop => {
  const url = parseOutgoingUrl(location, hop.url);
  const leavesOrigin = url.origin !== hop.url.origin;
  const becomesGet = status === 303 || (hop.method === "POST" && status !== 307 && status !== 308);
  if (leavesOrigin && hop.body !== null && !becomesGet) {
    throw new AppError(
      "upstream_rejected",
      `${hop.url.host} redirects a query to ${url.host}. Queries are not carried to another origin: enter the final address.`,
    );
  }
  return {
    url,
    method: becomesGet && hop.method !== "HEAD" ? "GET" : hop.method,
    headers: leavesOrigin ? {} : hop.headers,
    body: becomesGet ? null : hop.body,
    hasLeftOrigin: hop.hasLeftOrigin || leavesOrigin,
  };
};

/** True when a redirect chain ended at a web page that asks a person to sign in, which a feed never is. */
export const isSignInPage = (url: URL, contentType: string | null): boolean =>
  /^(?:text\/html|application\/xhtml)/i.test(contentType ?? "") &&
  (SIGN_IN_HOST.test(url.hostname) || SIGN_IN_PATH.test(url.pathname));

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const SIGN_IN_HOST = /^(?:login|signin|sso|auth|accounts?|adfs|idp)\./;
const SIGN_IN_PATH =
  /(?:^|[/_-])(?:log[_-]?in|sign[_-]?in|sso|auth|authorize|oauth2?|saml2?|adfs)(?:[/._-]|$)/i;
