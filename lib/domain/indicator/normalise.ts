import { fail, ok } from "@/lib/domain/result";

import { ipv6WithPort, normaliseAddress, normaliseNetwork, unbracketed } from "./address";
import { clean, hasControlCharacter } from "./clean";
import { normaliseEmail } from "./email";
import { bareHash, normaliseHash } from "./hash";
import { isSharedSuffix, suffixOf, toAsciiHost } from "./host";
import { parseIpv4 } from "./ipv4";
import { type NormaliseMark, normalised, type NormaliseResult } from "./normalised";
import { isForeignHashName, nameOfOther } from "./other-kinds";
import { type NormaliseCode, quoted } from "./problems";
import { isRange } from "./range";
import { INDICATOR_TYPE_LABELS, type IndicatorType } from "./types";
import { hasScheme, normaliseUrl } from "./url";

export type { Normalised, NormaliseResult } from "./normalised";
export type { NormaliseCode, NormaliseProblem } from "./problems";

/** `type` settles what the form leaves open (a certificate's SHA-1); with `strict`, any other type is refused. */
export type NormaliseHint = { type?: IndicatorType | undefined; strict?: boolean | undefined };

/**
 * Turns whatever a feed or a person wrote into the one spelling we store, or says why it is no indicator. Private and
 * reserved addresses are values like any other: keeping them out of a destination is decided later.
 */
export const normalise = (raw: string, hint: NormaliseHint = NO_HINT): NormaliseResult => {
  if (raw.length > MAX_CHARS)
    return refuse("too_long", raw, `is longer than ${String(MAX_CHARS)} characters`);
  const text = clean(raw);
  if (text === "") return fail({ code: "empty", message: "There is no value." });
  if (hasControlCharacter(text)) return refuse("control_character", raw, "holds a control character");
  const result = classify(text, hint.type);
  if (!result.ok || hint.strict !== true || hint.type === undefined || result.value.type === hint.type)
    return result;
  const labels = INDICATOR_TYPE_LABELS;
  return refuse("type_mismatch", raw, `reads as ${labels[result.value.type]}, not as ${labels[hint.type]}`);
};

const classify = (text: string, hint?: IndicatorType): NormaliseResult => {
  const hash = normaliseHash(text.length < 35 ? text : bareHash(text, hint), hint);
  if (hash) return hash;
  if (hasScheme(text)) return normaliseUrl(text);
  const address = normaliseAddress(unbracketed(text));
  if (address) return address;
  const joined = text.includes("|") ? composite(text, hint) : null;
  if (joined) return joined;
  if (text.includes("@") && !text.includes("/")) return normaliseEmail(text);
  const pathAt = text.search(PATH);
  // `203.0.113.7#4#2#Scanning Host`: what follows is a note, not a path. `example.com##.ad` hides parts of a good page.
  if (pathAt > 0 && text.charAt(pathAt) === "#") return withNote(text, pathAt, hint);
  if (pathAt > 0) return normaliseNetwork(text) ?? schemeless(text, text.slice(0, pathAt));
  if (pathAt === 0) return noType(text);
  if (text.includes("-") && isRange(text))
    return refuse("address_range", text, "is a range of addresses, not one address");
  return text.includes(":") ? hostWithPort(text) : domain(text, text);
};

/** `host|port` and `file name|hash`, as MISP writes them. `name|address` is two values and no one spelling of either. */
const composite = (text: string, hint?: IndicatorType): NormaliseResult | null => {
  const bar = text.lastIndexOf("|");
  const left = text.slice(0, bar).trim();
  const right = text.slice(bar + 1).trim();
  if (left === "" || left.includes("|")) return null;
  const hash = right.length < 35 ? normaliseHash(right, hint) : normaliseHash(bareHash(right, hint), hint);
  if (hash?.ok === true && !isForeignHashName(left)) return hash;
  if (!PORT.test(right) || !isPort(Number(right))) return null;
  const host = classify(left);
  // `203.0.113.0/24|80`: a network has no port, and `/24|80` is no path.
  if (host.ok && NETWORKS.has(host.value.type)) return noType(text);
  if (!host.ok || !HOSTS.has(host.value.type) || host.value.port !== undefined) return null;
  const { type, value, marks } = host.value;
  return ok(normalised(type, value, marks, Number(right)));
};

const withNote = (text: string, at: number, hint?: IndicatorType): NormaliseResult => {
  if (PAGE_RULE.test(text.slice(at))) return noType(text);
  return ipv6WithPort(text) === null ? classify(text.slice(0, at), hint) : hostWithPort(text);
};

/** `evil.com/path`: the host must be one beyond doubt, or every `and/or` would be a URL. */
const schemeless = (text: string, authority: string): NormaliseResult => {
  const host = hostWithPort(authority);
  if (host.ok && host.value.type === "ipv6" && !authority.startsWith("[")) return noType(text);
  if (host.ok) return normaliseUrl(`http://${text}`, SCHEME_ADDED);
  return host.problem.code === "not_an_indicator" ? noType(text) : host;
};

const hostWithPort = (text: string): NormaliseResult => {
  const match = HOST_AND_PORT.exec(text);
  const host = match?.[1] ?? text;
  const port = match?.[2] === undefined ? undefined : Number(match[2]);
  if (port !== undefined && !isPort(port)) return badPort(text);
  const found = normaliseAddress(unbracketed(host), port);
  if (found) return found;
  const other = ipv6WithPort(text);
  if (other === null) return domain(host, text, port);
  return isPort(other.port) ? (normaliseAddress(other.address, other.port) ?? noType(text)) : badPort(text);
};

const isPort = (port: number): boolean => port >= 1 && port <= MAX_PORT;

const badPort = (text: string): NormaliseResult =>
  refuse("bad_port", text, `has a port that is not between 1 and ${String(MAX_PORT)}`);

const domain = (name: string, text: string, port?: number): NormaliseResult => {
  const isWildcard = WILDCARD.test(name);
  const host = toAsciiHost(isWildcard ? name.slice(name.indexOf(".") + 1) : name);
  if (host === null) return DOTTED_NUMBERS.test(name) ? badAddress(text) : noType(text);
  if (FAKE_SEPARATOR.test(host)) return refuse("bad_url", text, "has “__” where “://” should stand");
  const suffix = suffixOf(host);
  if (suffix === "unknown") {
    // `１２７.0.0.1`: the digits of another script are those of ours.
    const plain = name.normalize("NFKC");
    if (plain !== name && parseIpv4(plain) !== null) return ok(normalised("ipv4", plain, NO_MARKS, port));
    return DOTTED_NUMBERS.test(name)
      ? badAddress(text)
      : refuse("no_public_suffix", host, "has no known public suffix");
  }
  // `*.github.io` means nobody in particular, while `github.io` itself is a name like any other.
  if (suffix === "is-suffix" || (isWildcard && isSharedSuffix(host)))
    return refuse("is_public_suffix", text, "is a public suffix that unrelated people share");
  return ok(normalised("domain", host, isWildcard ? WILDCARD_MARK : NO_MARKS, port));
};

const badAddress = (text: string): NormaliseResult =>
  refuse(
    "bad_address",
    text,
    "is no IP address: four numbers from 0 to 255 without leading zeros are expected",
  );

const noType = (text: string): NormaliseResult =>
  refuse("not_an_indicator", text, nameOfOther(text) ?? "fits no indicator type");

const refuse = (code: NormaliseCode, text: string, why: string): NormaliseResult =>
  fail({ code, message: `${quoted(text)} ${why}.` });

const NO_HINT: NormaliseHint = {};
const NO_MARKS: readonly NormaliseMark[] = [];
const SCHEME_ADDED: readonly NormaliseMark[] = ["scheme-added"];
const WILDCARD_MARK: readonly NormaliseMark[] = ["wildcard"];
const MAX_CHARS = 8_192;
const MAX_PORT = 65_535;
const PATH = /[#/?]/;
const PORT = /^\d{1,5}$/;
const HOSTS: ReadonlySet<IndicatorType> = new Set(["ipv4", "ipv6", "domain"]);
const NETWORKS: ReadonlySet<IndicatorType> = new Set(["ipv4-cidr", "ipv6-cidr"]);
const FAKE_SEPARATOR = /^h[tx*_]{2}ps?__/;
const PAGE_RULE = /^#[#$%?@]/;
const WILDCARD = /^\*?\./;
const HOST_AND_PORT = /^([^:]+|\[[\da-f:.]+\]):(\d{1,5})$/i;
const DOTTED_NUMBERS = /^\d+(?:\.\d+){3}$/;
