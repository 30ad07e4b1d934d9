/**
 * THE ORDER IS FIXED: the 1-based position of a type is the smallint stored in PostgreSQL. Append only, never
 * reorder and never remove.
 */
export const INDICATOR_TYPES = [
  "ipv4",
  "ipv6",
  "ipv4-cidr",
  "ipv6-cidr",
  "domain",
  "url",
  "email",
  "md5",
  "sha1",
  "sha256",
  "sha512",
  "cert-sha1",
] as const;
export type IndicatorType = (typeof INDICATOR_TYPES)[number];

/** What a person reads instead of the type's name. */
export const INDICATOR_TYPE_LABELS: Readonly<Record<IndicatorType, string>> = {
  ipv4: "IPv4 address",
  ipv6: "IPv6 address",
  "ipv4-cidr": "IPv4 network",
  "ipv6-cidr": "IPv6 network",
  domain: "Domain",
  url: "URL",
  email: "E-mail address",
  md5: "MD5",
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha512: "SHA-512",
  "cert-sha1": "Certificate SHA-1",
};

/** The smallint that stands for a type in PostgreSQL. */
export const indicatorTypeCode = (type: IndicatorType): number => TYPE_CODES[type];

/** The type behind a stored smallint. Throws RangeError for a number that no type has: the data is not ours. */
export const indicatorTypeFromCode = (code: number): IndicatorType => {
  const type = INDICATOR_TYPES[code - 1];
  if (!type) throw new RangeError(`No indicator type has the code ${String(code)}.`);
  return type;
};

// Written out, so that the compiler notices a type without a code and no reordering can go unseen.
const TYPE_CODES: Readonly<Record<IndicatorType, number>> = {
  ipv4: 1,
  ipv6: 2,
  "ipv4-cidr": 3,
  "ipv6-cidr": 4,
  domain: 5,
  url: 6,
  email: 7,
  md5: 8,
  sha1: 9,
  sha256: 10,
  sha512: 11,
  "cert-sha1": 12,
};

export { parseTlp, strictest, TLP_LABELS, tlpCode, tlpFromCode, type Tlp, TLPS } from "./tlp";
