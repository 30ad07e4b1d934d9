import ipaddr from "ipaddr.js";

import { formatIpv4, parseIpv4 } from "@/lib/domain/indicator/ipv4";

/** An address in 32-bit words, the highest first: one word for IPv4, four for IPv6. */
export type Words = Uint32Array;

export const readIpv4 = (text: string, words: Words): boolean => {
  const address = parseIpv4(text);
  if (address !== null) words[0] = address;
  return address !== null;
};

/**
 * Reads an IPv6 address as we store it (RFC 5952, no dotted quad), brackets allowed. Millions are read here, and the
 * library would take ten times as long.
 */
export const readIpv6 = (text: string, words: Words): boolean => {
  const isBracketed = text.charCodeAt(0) === OPENING_BRACKET;
  const end = isBracketed ? text.length - 1 : text.length;
  let group = 0;
  let value = -1;
  let gapAt = -1;
  for (let index = isBracketed ? 1 : 0; index < end; index++) {
    const code = text.charCodeAt(index);
    if (code !== COLON) {
      const digit = hexDigit(code);
      if (digit === -1 || value > 0xfff) return false;
      value = (value === -1 ? 0 : value * 16) + digit;
    } else {
      if (value !== -1) {
        if (group > 7) return false;
        GROUPS[group++] = value;
        value = -1;
      }
      if (text.charCodeAt(index + 1) === COLON) {
        if (gapAt !== -1) return false;
        gapAt = group;
        index++;
      }
    }
  }
  if (value !== -1) {
    if (group > 7) return false;
    GROUPS[group++] = value;
  }
  if (gapAt === -1 ? group !== 8 : group > 7) return false;
  for (let index = 0; index < 4; index++)
    words[index] = ((groupAt(index * 2, group, gapAt) << 16) | groupAt(index * 2 + 1, group, gapAt)) >>> 0;
  return true;
};

/** The address as text again; `words` of either length. */
export const formatWords = (words: Words): string =>
  words.length === 1
    ? formatIpv4(words[0] ?? 0)
    : new ipaddr.IPv6([...words].flatMap((word) => [word >>> 16, word & 0xffff])).toRFC5952String();

/** The bits of the word at `index` that a prefix of this length fixes. */
export const maskWord = (index: number, prefix: number): number => {
  const bits = prefix - index * 32;
  if (bits <= 0) return 0;
  return bits >= 32 ? 0xffff_ffff : (-1 << (32 - bits)) >>> 0;
};

// The groups after `::` stand at the end, whatever their number.
const groupAt = (index: number, count: number, gapAt: number): number => {
  if (gapAt === -1 || index < gapAt) return GROUPS[index] ?? 0;
  const fromEnd = 8 - index;
  return fromEnd <= count - gapAt ? (GROUPS[count - fromEnd] ?? 0) : 0;
};

const hexDigit = (code: number): number => {
  if (code >= 48 && code <= 57) return code - 48;
  return code >= 97 && code <= 102 ? code - 87 : -1;
};

const GROUPS = new Uint16Array(8);
const COLON = 58;
const OPENING_BRACKET = 91;
