import type { IndicatorType } from "@/lib/domain/indicator/types";

/** How the value of a MISP type is cut into indicators. */
type Shape =
  /** The value is the indicator. */
  | "whole"
  /** The value is a URL, also where its scheme was left away. */
  | "url"
  /** `file name|hash`: what stands behind the last bar, since names may hold bars. */
  | "file-name|hash"
  /** `address|port` or `name|port`: the port is context. */
  | "host|port"
  /** `name|address`: two indicators. */
  | "domain|ip";

export type MispMeaning =
  | { isIndicator: true; shape: Shape; family: Family; hint?: IndicatorType }
  | { isIndicator: false; reason: string };

/** Forms that a value of a MISP type may have; which of a family it is, the value itself says. */
type Family = "host" | "hash" | "certificate" | "email";

/**
 * What MISP's attribute type makes of its value. Types of context, victims, rules and hashes that no destination takes
 * are no indicators, and say why; so are values whose role in an object belies their type.
 */
export const meaningOfType = (type: string, relation: string): MispMeaning => {
  const trap = relation === "" ? undefined : TRAPS.get(relation.toLowerCase());
  if (trap !== undefined) return { isIndicator: false, reason: trap };
  const name = type.trim().toLowerCase();
  return INDICATORS.get(name) ?? { isIndicator: false, reason: reasonOf(name) };
};

/** Whether a value that reads as this type may stand in an attribute of the family. */
export const fitsFamily = (family: Family, type: IndicatorType): boolean => FAMILIES[family].has(type);

const FAMILIES: Readonly<Record<Family, ReadonlySet<IndicatorType>>> = {
  host: new Set(["ipv4", "ipv6", "ipv4-cidr", "ipv6-cidr", "domain", "url"]),
  hash: new Set(["md5", "sha1", "sha256", "sha512"]),
  certificate: new Set(["cert-sha1"]),
  email: new Set(["email"]),
};

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const indicator = (
  shape: Shape,
  family: Family,
  hint?: IndicatorType,
): Extract<MispMeaning, { isIndicator: true }> => ({
  isIndicator: true,
  shape,
  family,
  ...(hint && { hint }),
});

const INDICATORS: ReadonlyMap<string, MispMeaning> = new Map<string, MispMeaning>([
  ...words("ip-src ip-dst domain hostname onion-address").map(
    (type) => [type, indicator("whole", "host")] as const,
  ),
  ["url", indicator("url", "host")],
  ...words("ip-src|port ip-dst|port hostname|port").map(
    (type) => [type, indicator("host|port", "host")] as const,
  ),
  ["domain|ip", indicator("domain|ip", "host")],
  ...words("md5 sha1 sha256 sha512").map((type) => [type, indicator("whole", "hash")] as const),
  ...words("filename|md5 filename|sha1 filename|sha256 filename|sha512 malware-sample").map(
    (type) => [type, indicator("file-name|hash", "hash")] as const,
  ),
  ["x509-fingerprint-sha1", indicator("whole", "certificate", "cert-sha1")],
  ...words("email email-src email-dst email-reply-to").map(
    (type) => [type, indicator("whole", "email")] as const,
  ),
]);

/** Roles in objects whose values look like what they are not. */
const TRAPS: ReadonlyMap<string, string> = new Map([
  ["richpe", "It is the hash of a Rich header, which many programs share, not of a file."],
  ["ptr-record", "It is the name that an address resolves back to, usually its provider's."],
]);

const reasons = (types: string, reason: string): readonly (readonly [string, string])[] =>
  words(types).map((type) => [type, reason]);

const REASONS: ReadonlyMap<string, string> = new Map([
  ...reasons(
    "email-dst-display-name target-email target-user target-machine target-org target-location target-external",
    "It names a recipient or a victim, never the attacker.",
  ),
  ...reasons("link", "A link refers to a report, not to an attacker's site."),
  ...reasons("uri", "It is a path without a host, which no destination can look for."),
  ...reasons(
    "sha224 sha384 sha512/224 sha512/256 sha3-224 sha3-256 sha3-384 sha3-512 ssdeep tlsh imphash impfuzzy authentihash pehash vhash telfhash cdhash dom-hash",
    "No destination takes this kind of hash.",
  ),
  ...reasons(
    "filename|sha224 filename|sha384 filename|sha512/224 filename|sha512/256 filename|sha3-224 filename|sha3-256 filename|sha3-384 filename|sha3-512 filename|ssdeep filename|tlsh filename|imphash filename|impfuzzy filename|authentihash filename|pehash filename|vhash",
    "No destination takes this kind of hash.",
  ),
  ...reasons("x509-fingerprint-md5 x509-fingerprint-sha256", "Of a certificate only its SHA-1 is taken."),
  ...reasons(
    "yara sigma snort suricata zeek bro stix2-pattern kusto-query pattern-in-file pattern-in-memory pattern-in-traffic pattern-filename filename-pattern",
    "It is a rule or a pattern, not a value.",
  ),
  ...reasons(
    "filename",
    "A bare file name also belongs to harmless files, and no destination can look for it.",
  ),
  ...reasons(
    "ja3-fingerprint-md5 jarm-fingerprint hassh-md5 hasshserver-md5 favicon-mmh3",
    "It is the fingerprint of software on the network, which no destination takes.",
  ),
]);

const reasonOf = (type: string): string =>
  `MISP's type “${type.slice(0, 80)}” is no indicator here. ${REASONS.get(type) ?? "It is context."}`;
