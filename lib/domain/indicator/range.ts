import ipaddr from "ipaddr.js";

import { fail, ok, type Result } from "@/lib/domain/result";

import { parseIpv6 } from "./address";
import { clean } from "./clean";
import { formatIpv4, parseIpv4 } from "./ipv4";
import { type NormaliseMark, normalised, type Normalised } from "./normalised";
import { type NormaliseProblem, quoted } from "./problems";

/** Whether a text reads `address-address`, blanks around the dash allowed. */
export const isRange = (text: string): boolean => splitRange(text) !== null;

/**
 * The fewest networks that cover exactly the addresses from a to b, in order; a network of one address is that
 * address. At most 62 (IPv4) or 254 (IPv6).
 */
export const rangeToCidrs = (raw: string): Result<readonly Normalised[], NormaliseProblem> => {
  const range = splitRange(clean(raw));
  if (range === null)
    return fail({ code: "bad_address", message: `${quoted(raw)} is not a range of two IP addresses.` });
  if (range.first > range.last)
    return fail({ code: "bad_address", message: `${quoted(raw)} ends before it begins.` });
  const networks: Normalised[] = [];
  const marks: readonly NormaliseMark[] = range.first === range.last ? [] : ["range-split"];
  for (let start = range.first; start <= range.last;) {
    const hostBits = largestBlock(start, range.last, range.bits);
    networks.push(network(start, range.bits, hostBits, marks));
    start += 1n << BigInt(hostBits);
  }
  return ok(networks);
};

type Range = { first: bigint; last: bigint; bits: 32 | 128 };

const splitRange = (text: string): Range | null => {
  if (text.length > MAX_RANGE_CHARS) return null;
  const dash = text.search(DASH);
  if (dash === -1) return null;
  const from = text.slice(0, dash).trim();
  const to = text.slice(dash + 1).trim();
  const v4From = parseIpv4(from);
  const v4To = parseIpv4(to);
  if (v4From !== null && v4To !== null) return { first: BigInt(v4From), last: BigInt(v4To), bits: 32 };
  const v6From = parseIpv6(from);
  const v6To = parseIpv6(to);
  if (v6From === null || v6To === null) return null;
  if (v6From.isIPv4MappedAddress() && v6To.isIPv4MappedAddress())
    return { first: toBigInt(v6From.parts.slice(6)), last: toBigInt(v6To.parts.slice(6)), bits: 32 };
  return { first: toBigInt(v6From.parts), last: toBigInt(v6To.parts), bits: 128 };
};

/** How many host bits the widest network has that begins at `start` and does not reach past `last`. */
const largestBlock = (start: bigint, last: bigint, bits: number): number => {
  let hostBits = 0;
  while (hostBits < bits) {
    const size = 1n << BigInt(hostBits + 1);
    if (start % size !== 0n || start + size - 1n > last) break;
    hostBits++;
  }
  return hostBits;
};

const network = (
  start: bigint,
  bits: 32 | 128,
  hostBits: number,
  marks: readonly NormaliseMark[],
): Normalised => {
  const address = bits === 32 ? formatIpv4(Number(start)) : new ipaddr.IPv6(toParts(start)).toRFC5952String();
  const family = bits === 32 ? "ipv4" : "ipv6";
  if (hostBits === 0) return normalised(family, address, marks);
  return normalised(`${family}-cidr`, `${address}/${String(bits - hostBits)}`, marks);
};

const toBigInt = (parts: readonly number[]): bigint =>
  parts.reduce((sum, part) => (sum << 16n) | BigInt(part), 0n);

const toParts = (address: bigint): number[] =>
  Array.from({ length: 8 }, (_, index) => Number((address >> BigInt(112 - index * 16)) & 0xffffn));

const MAX_RANGE_CHARS = 100;
const DASH = /[-\u2013\u2014]/; // reports are full of typeset dashes
