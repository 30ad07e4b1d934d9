import { parse } from "tldts";

/** Letters, digits, hyphens and underscores in two or more labels, lower case, within the lengths of DNS. */
export const isHostName = (host: string): boolean => {
  if (host.length > MAX_HOST_CHARS) return false;
  let labels = 1;
  let labelStart = 0;
  for (let index = 0; index < host.length; index++) {
    const code = host.charCodeAt(index);
    if (code === DOT) {
      if (!isLabel(host, labelStart, index)) return false;
      labels++;
      labelStart = index + 1;
    } else if (!isLabelCode(code)) return false;
  }
  return labels > 1 && isLabel(host, labelStart, host.length);
};

export type Suffix = "known" | "unknown" | "is-suffix";

/**
 * How a well-formed host name ends: in a suffix of the Public Suffix List's ICANN part, in none of it, or it is
 * nothing but such a suffix (`co.uk`).
 */
export const suffixOf = (host: string): Suffix => {
  const { isIcann, domain } = parse(host, ICANN);
  if (isIcann !== true) return "unknown";
  return domain === null ? "is-suffix" : "known";
};

/** Whether names below this one belong to different people: `co.uk`, but also `github.io`. */
export const isSharedSuffix = (host: string): boolean => parse(host, WITH_PRIVATE).domain === null;

/** The name that somebody registered, of one at or below it: under `github.io` each name is somebody's own. Null: none is. */
export const registrableDomain = (host: string): string | null => parse(host, WITH_PRIVATE).domain;

/** A name in its A-labels (`bücher.de` → `xn--bcher-kva.de`), lower case, no trailing dot; null when it has none. */
export const toAsciiHost = (text: string): string | null => {
  const host = withoutTrailingDot(ASCII.test(text) ? text.toLowerCase() : punycoded(text));
  return host !== "" && isHostName(host) ? host : null;
};

export const withoutTrailingDot = (host: string): string => (host.endsWith(".") ? host.slice(0, -1) : host);

/** The WHATWG rules for one label after the other; "" when the text is no host at all. */
const punycoded = (text: string): string => {
  if (NOT_IN_A_HOST.test(text)) return "";
  const href = `http://${text}/`;
  return URL.canParse(href) ? new URL(href).hostname : "";
};

const isLabel = (host: string, start: number, end: number): boolean =>
  end > start &&
  end - start <= MAX_LABEL_CHARS &&
  host.charCodeAt(start) !== HYPHEN &&
  host.charCodeAt(end - 1) !== HYPHEN;

const isLabelCode = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || code === HYPHEN || code === UNDERSCORE;

const DOT = 46;
const HYPHEN = 45;
const UNDERSCORE = 95;
const MAX_HOST_CHARS = 253;
const MAX_LABEL_CHARS = 63;
const ASCII = /^[\w.-]*$/;
// What would end or change the host inside an address, so that a path or a port is never swallowed.
const NOT_IN_A_HOST = /[\s/\\?#@:%[\]<>]/;
const HOST_ONLY = { extractHostname: false, validateHostname: false, detectIp: false };
const ICANN = { ...HOST_ONLY, allowPrivateDomains: false };
const WITH_PRIVATE = { ...HOST_ONLY, allowPrivateDomains: true };
