import { fail, ok } from "@/lib/domain/result";

import { parseIpv6 } from "./address";
import { clean } from "./clean";
import { isHostName, suffixOf, withoutTrailingDot } from "./host";
import { parseIpv4 } from "./ipv4";
import { type NormaliseMark, normalised, type NormaliseResult } from "./normalised";
import { type NormaliseCode, quoted } from "./problems";

/** Whether a text begins with a scheme and `://`, which it must hold before any repair. */
export const hasScheme = (text: string): boolean => SCHEME.test(text);

/**
 * A URL as WHATWG writes it: lower-case scheme and host, no default port, no fragment, no user-info; path, query and
 * any other port stay. Expects cleaned text that begins with a scheme.
 */
export const normaliseUrl = (text: string, marks: readonly NormaliseMark[] = NONE): NormaliseResult => {
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase() ?? "";
  const defaultPort = DEFAULT_PORTS.get(scheme);
  if (defaultPort === undefined)
    return refuse("unsupported_scheme", text, `has a scheme that no indicator is made of (“${scheme}”)`);
  const simple = SIMPLE.exec(text);
  if (simple?.[1] !== undefined && isPlainHost(simple[1]))
    return ok(
      normalised("url", simple[2] === undefined ? `${text}/` : text, withSuffixMark(simple[1], marks)),
    );
  if (text.length > MAX_URL_CHARS)
    return refuse("too_long", text, `is longer than ${String(MAX_URL_CHARS)} characters`);
  return parseUrl(text, scheme, defaultPort, marks);
};

const parseUrl = (
  text: string,
  scheme: string,
  defaultPort: number,
  marks: readonly NormaliseMark[],
): NormaliseResult => {
  const { authority, tail } = split(text.slice(scheme.length + 3));
  if (authority === "") return refuse("bad_url", text, "has no host after “://”");
  if (ANOTHER_URL.test(tail)) return refuse("bad_url", text, "holds more than one address");
  const at = authority.lastIndexOf("@");
  const [hostText = "", portText = ""] = splitPort(authority.slice(at + 1));
  const port = Number(portText);
  if (port > MAX_PORT) return refuse("bad_port", text, `has a port above ${String(MAX_PORT)}`);
  // The port is ours to judge, so that every scheme gets the rules of http for host and path.
  const href = `http://${hostText}${tail}`;
  if (hostText === "" || !URL.canParse(href)) return refuse("bad_host", text, "has no valid host");
  const parsed = new URL(href);
  const host = canonicalHost(parsed.hostname);
  if (host === null) return refuse("bad_host", text, "has no valid host");

  const path = parsed.href.slice(parsed.href.indexOf("/", "http://".length));
  const value = `${scheme}://${host}${portText === "" || port === defaultPort ? "" : `:${String(port)}`}${path}`;
  if (value.length > MAX_URL_CHARS)
    return refuse("too_long", text, `is longer than ${String(MAX_URL_CHARS)} characters`);
  const allMarks =
    at === -1 ? hostMarks(hostText, host, marks) : [...hostMarks(hostText, host, marks), USER_INFO];
  // Resolving `..` and dropping the fragment can bring forth what cleaning would take off: go on until nothing does.
  const again = clean(value);
  return again === value ? ok(normalised("url", value, allMarks)) : normaliseUrl(again, allMarks);
};

/** Without fragment; backslashes before the query are slashes, as every browser reads them. */
const split = (rest: string): { authority: string; tail: string } => {
  const hash = rest.indexOf("#");
  const whole = hash === -1 ? rest : rest.slice(0, hash);
  const query = whole.indexOf("?");
  const beforeQuery = (query === -1 ? whole : whole.slice(0, query)).replaceAll("\\", "/");
  const slash = beforeQuery.indexOf("/");
  const authority = slash === -1 ? beforeQuery : beforeQuery.slice(0, slash);
  const path = slash === -1 ? "/" : beforeQuery.slice(slash);
  return { authority, tail: path + (query === -1 ? "" : whole.slice(query)) };
};

const splitPort = (authority: string): readonly string[] => {
  // All eight groups written out: nobody can take the last for a port.
  if (FULL_IPV6.test(authority)) return [`[${authority}]`];
  const colon = authority.lastIndexOf(":");
  if (colon === -1 || !DIGITS.test(authority.slice(colon + 1))) return [authority];
  return [authority.slice(0, colon), authority.slice(colon + 1)];
};

const canonicalHost = (hostname: string): string | null => {
  if (hostname.startsWith("[")) {
    const v6 = parseIpv6(hostname.slice(1, -1));
    if (v6 === null) return null;
    return v6.isIPv4MappedAddress() ? v6.toIPv4Address().toString() : `[${v6.toRFC5952String()}]`;
  }
  const host = withoutTrailingDot(hostname);
  return parseIpv4(host) !== null || isHostName(host) ? host : null;
};

const hostMarks = (
  written: string,
  host: string,
  marks: readonly NormaliseMark[],
): readonly NormaliseMark[] => {
  if (host.startsWith("[")) return marks;
  if (parseIpv4(host) === null) return withSuffixMark(host, marks);
  if (written.startsWith("[")) return [...marks, "ipv4-mapped"];
  return withoutTrailingDot(written) === host ? marks : [...marks, "address-decoded"];
};

const withSuffixMark = (host: string, marks: readonly NormaliseMark[]): readonly NormaliseMark[] =>
  parseIpv4(host) === null && suffixOf(host) === "unknown" ? [...marks, "unknown-suffix"] : marks;

/** A host that the URL parser would give back unchanged. */
const isPlainHost = (host: string): boolean =>
  parseIpv4(host) !== null || (isHostName(host) && !host.includes("xn--") && !NUMERIC_LAST_LABEL.test(host));

const refuse = (code: NormaliseCode, text: string, why: string): NormaliseResult =>
  fail({ code, message: `${quoted(text)} ${why}.` });

const NONE: readonly NormaliseMark[] = [];
const USER_INFO: NormaliseMark = "user-info-dropped";
const MAX_URL_CHARS = 8_192;
const MAX_PORT = 65_535;
// -1: the scheme has no port that could be left out.
const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["https", 443],
  ["ftp", 21],
  ["ws", 80],
  ["wss", 443],
  ...["ftps", "sftp", "ssh", "telnet", "ldap", "ldaps", "rmi", "tcp", "udp", "smb", "irc"].map(
    (scheme) => [scheme, -1] as const,
  ),
]);
const SCHEME = /^([a-z][a-z\d+.-]{0,20}):\/\//i;
const FULL_IPV6 = /^[\da-f]{1,4}(?::[\da-f]{1,4}){7}$/i;
const DIGITS = /^\d*$/;
const ANOTHER_URL = /\s\S{0,20}:\/\//;
const NUMERIC_LAST_LABEL = /\.(?:\d+|0x[\da-f]*)$/;
// Most URLs are canonical already; parsing them costs ten times this look. No dot segment, no escape of a dot.
const SIMPLE =
  /^[a-z]{2,5}:\/\/([\w.-]+)(\/(?!\.|%2[Ee])(?:(?!\/\.|%2[Ee])[\w~!$&'()*+,;=:@%./-])*(?:\?[\w~!$&()*+,;=:@%./?-]*)?)?$/;
