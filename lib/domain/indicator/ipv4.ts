/** A dotted quad as an unsigned 32-bit number; null for anything else. Leading zeros are ambiguous (octal?): null. */
export const parseIpv4 = (text: string): number | null => {
  if (text.length < 7 || text.length > 15) return null;
  let address = 0;
  let octet = -1;
  let dots = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (octet === -1) return null;
      address = address * 256 + octet;
      octet = -1;
      dots++;
    } else {
      if (code < ZERO || code > NINE || octet === 0) return null;
      octet = (octet === -1 ? 0 : octet * 10) + code - ZERO;
      if (octet > 255) return null;
    }
  }
  return dots === 3 && octet !== -1 ? address * 256 + octet : null;
};

/** The dotted quad of an unsigned 32-bit number. */
export const formatIpv4 = (address: number): string =>
  `${String(address >>> 24)}.${String((address >>> 16) & 255)}.${String((address >>> 8) & 255)}.${String(address & 255)}`;

/** The first address of the network with this prefix length (0 to 32). */
export const ipv4Network = (address: number, prefix: number): number =>
  prefix === 0 ? 0 : (address & (-1 << (32 - prefix))) >>> 0;

/** The prefix length of a mask such as 255.255.255.0; null when its ones are not in one piece. */
export const prefixOfMask = (mask: number): number | null => {
  const host = ~mask >>> 0;
  return (host & (host + 1)) === 0 ? Math.clz32(host) : null;
};

const DOT = 46;
const ZERO = 48;
const NINE = 57;
