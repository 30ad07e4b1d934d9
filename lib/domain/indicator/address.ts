import ipaddr from "ipaddr.js";

import { fail, ok } from "@/lib/domain/result";

import { formatIpv4, ipv4Network, parseIpv4, prefixOfMask } from "./ipv4";
import { type NormaliseMark, normalised, type NormaliseResult } from "./normalised";
import { quoted } from "./problems";

/** One IPv4 or IPv6 address in its canonical spelling; null when the text is none. IPv4-mapped becomes IPv4. */
export const normaliseAddress = (text: string, port?: number): NormaliseResult | null => {
  const v4 = parseIpv4(text);
  if (v4 !== null) return ok(normalised("ipv4", text, [], port));
  const v6 = parseIpv6(text);
  if (v6 === null) return null;
  if (v6.isIPv4MappedAddress())
    return ok(normalised("ipv4", v6.toIPv4Address().toString(), ["ipv4-mapped"], port));
  return ok(normalised("ipv6", v6.toRFC5952String(), [], port));
};

/** `address/prefix` or `address/mask` as a network without host bits; null when the left part is no address. */
export const normaliseNetwork = (text: string): NormaliseResult | null => {
  const slash = text.indexOf("/");
  const suffix = text.slice(slash + 1);
  if (!PREFIX_OR_MASK.test(suffix)) return null;
  const address = unbracketed(text.slice(0, slash));
  const v4 = parseIpv4(address);
  if (v4 !== null) return ipv4Cidr(text, v4, ipv4Prefix(suffix, v4));
  const v6 = parseIpv6(address);
  if (v6 === null) return null;
  const prefix = prefixNumber(suffix, 128);
  if (v6.isIPv4MappedAddress() && prefix !== null && prefix >= 96) {
    const mapped = parseIpv4(v6.toIPv4Address().toString());
    if (mapped !== null) return ipv4Cidr(text, mapped, prefix - 96, ["ipv4-mapped"]);
  }
  return ipv6Cidr(text, v6, prefix);
};

/** `ipaddr.js` reads more than we take for an address: zones are dropped, an embedded IPv4 must be strict. */
export const parseIpv6 = (text: string): ipaddr.IPv6 | null => {
  if (text.length > 80 || !text.includes(":", text.indexOf(":") + 1) || !IPV6_SHAPE.test(text)) return null;
  const plain = text.replace(ZONE, "");
  const tail = plain.slice(plain.lastIndexOf(":") + 1);
  if (tail.includes(".") && parseIpv4(tail) === null) return null;
  return ipaddr.IPv6.isValid(plain) ? ipaddr.IPv6.parse(plain) : null;
};

export const unbracketed = (text: string): string =>
  text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;

const ipv4Cidr = (
  text: string,
  address: number,
  prefix: number | null,
  marks: readonly NormaliseMark[] = [],
): NormaliseResult => {
  if (prefix === null) return badPrefix(text, 32);
  if (prefix === 32) return ok(normalised("ipv4", formatIpv4(address), marks));
  const network = ipv4Network(address, prefix);
  const all = network === address ? marks : [...marks, "host-bits-dropped" as const];
  return ok(normalised("ipv4-cidr", `${formatIpv4(network)}/${String(prefix)}`, all));
};

const ipv6Cidr = (text: string, address: ipaddr.IPv6, prefix: number | null): NormaliseResult => {
  if (prefix === null) return badPrefix(text, 128);
  if (prefix === 128) return ok(normalised("ipv6", address.toRFC5952String()));
  const parts = address.parts.map((part, index) => {
    const bits = Math.min(16, Math.max(0, prefix - index * 16));
    return part & (0xffff << (16 - bits)) & 0xffff;
  });
  const dropped = parts.some((part, index) => part !== address.parts[index]);
  const network = new ipaddr.IPv6(parts).toRFC5952String();
  const marks: readonly NormaliseMark[] = dropped ? ["host-bits-dropped"] : [];
  return ok(normalised("ipv6-cidr", `${network}/${String(prefix)}`, marks));
};

const prefixNumber = (suffix: string, longest: 32 | 128): number | null =>
  !suffix.includes(".") && Number(suffix) <= longest ? Number(suffix) : null;

/** A number, a mask (255.255.255.0), or a mask of the host's bits (0.0.0.255). */
const ipv4Prefix = (suffix: string, address: number): number | null => {
  if (!suffix.includes(".")) return prefixNumber(suffix, 32);
  const mask = parseIpv4(suffix);
  if (mask === null) return null;
  // It means everything as the one mask and one address as the other.
  if (mask === 0 && address !== 0) return null;
  return prefixOfMask(mask) ?? prefixOfMask(~mask >>> 0);
};

/**
 * The spellings of an IPv6 address with a port that RFC 5952 lists beside brackets, and MISP's with a full address; null
 * for any other. `2001:db8::1:443` is not among them: it is an address.
 */
export const ipv6WithPort = (text: string): { address: string; port: number } | null => {
  const match = IPV6_AND_PORT.exec(text) ?? FULL_IPV6_AND_PORT.exec(text);
  if (match?.[1] === undefined || parseIpv6(match[1]) === null) return null;
  return { address: match[1], port: Number(match[2]) };
};

const badPrefix = (text: string, longest: number): NormaliseResult =>
  fail({
    code: "bad_prefix",
    message: `${quoted(text)} has no valid prefix: it must be a number from 0 to ${String(longest)}.`,
  });

const PREFIX_OR_MASK = /^(?:\d{1,3}|\d{1,3}(?:\.\d{1,3}){3})$/;
const IPV6_SHAPE = /^[\d:][\da-f:.]*(?:%[\w.-]{1,32})?$|^[\da-f]{1,4}:[\da-f:.]*(?:%[\w.-]{1,32})?$/i;
const IPV6_AND_PORT = /^([\da-f]{0,4}:[\da-f:]{1,38})(?:[.p#]| port )(\d{1,5})$/i;
const FULL_IPV6_AND_PORT = /^([\da-f]{1,4}(?::[\da-f]{1,4}){7}):(\d{2,5})$/i;
const ZONE = /%.*$/;
