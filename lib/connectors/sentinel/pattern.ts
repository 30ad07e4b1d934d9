import type { IndicatorType } from "@/lib/domain/indicator/types";

/** The STIX pattern of a value: one comparison, the only form that Sentinel indexes. Hash names carry the dash its queries look for. */
export const toPattern = (type: IndicatorType, value: string): string =>
  `[${PATHS[type]} = '${value.replaceAll(/[\\']/g, "\\$&")}']`;

/** Type and value behind a pattern of one comparison; null for any other pattern. */
export const readPattern = (pattern: string): { type: IndicatorType; value: string } | null => {
  const [, path, literal] = SIMPLE.exec(pattern.trim()) ?? [];
  if (path === undefined || literal === undefined) return null;
  const value = literal.replaceAll(/\\(.)/gs, "$1");
  const type = TYPES.get(path.replaceAll("'", "").toLowerCase());
  if (type === undefined) return null;
  if (value.includes("/") && type === "ipv4") return { type: "ipv4-cidr", value };
  if (value.includes("/") && type === "ipv6") return { type: "ipv6-cidr", value };
  return { type, value };
};

/** What a pattern matches, in one spelling, however the pattern itself is spelled. */
export const patternKey = (pattern: string): string => {
  const read = readPattern(pattern);
  return read ? `${read.type}:${read.value}` : pattern.trim();
};

const SIMPLE = /^\[\s*([a-z\d-]+:[\w.'-]+)\s*=\s*'((?:[^'\\]|\\.)*)'\s*\]$/is;

const PATHS: Readonly<Record<IndicatorType, string>> = {
  ipv4: "ipv4-addr:value",
  ipv6: "ipv6-addr:value",
  "ipv4-cidr": "ipv4-addr:value",
  "ipv6-cidr": "ipv6-addr:value",
  domain: "domain-name:value",
  url: "url:value",
  email: "email-addr:value",
  md5: "file:hashes.MD5",
  sha1: "file:hashes.'SHA-1'",
  sha256: "file:hashes.'SHA-256'",
  sha512: "file:hashes.'SHA-512'",
  "cert-sha1": "x509-certificate:hashes.'SHA-1'",
};

const TYPES: ReadonlyMap<string, IndicatorType> = new Map([
  ["ipv4-addr:value", "ipv4"],
  ["ipv6-addr:value", "ipv6"],
  ["domain-name:value", "domain"],
  ["url:value", "url"],
  ["email-addr:value", "email"],
  ["file:hashes.md5", "md5"],
  ["file:hashes.sha-1", "sha1"],
  ["file:hashes.sha1", "sha1"],
  ["file:hashes.sha-256", "sha256"],
  ["file:hashes.sha256", "sha256"],
  ["file:hashes.sha-512", "sha512"],
  ["file:hashes.sha512", "sha512"],
  ["x509-certificate:hashes.sha-1", "cert-sha1"],
]);
