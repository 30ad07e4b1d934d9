import { maskWord, readIpv4, readIpv6, type Words } from "./address-words";

/** Reads `address` or `address/prefix`, brackets of a URL allowed, and calls back with words that are used again. */
export const readNetwork = (text: string, take: (words: Words, prefix: number) => void): boolean => {
  const slash = text.indexOf("/");
  const address = slash === -1 ? text : text.slice(0, slash);
  const prefix = slash === -1 ? -1 : prefixOf(text.slice(slash + 1));
  if (prefix === null) return false;
  if (readIpv4(address, IPV4)) {
    if (prefix > 32) return false;
    take(IPV4, prefix === -1 ? 32 : prefix);
    return true;
  }
  if (!address.includes(":") || !readIpv6(address, IPV6)) return false;
  take(IPV6, prefix === -1 ? 128 : prefix);
  return true;
};

/** Whether an entry is a network as `checkEntry` writes it: no host bits, not too wide, no IPv4 inside IPv6. */
export const isCanonicalNetwork = (text: string): boolean => {
  let isCanonical = false;
  readNetwork(text, (words, prefix) => {
    const isMapped = words.length === 4 && words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
    isCanonical =
      prefix >= SHORTEST_PREFIX &&
      !isMapped &&
      words.every((word, index) => (word & ~maskWord(index, prefix)) === 0);
  });
  return isCanonical;
};

const prefixOf = (text: string): number | null => {
  const prefix = PREFIX.test(text) ? Number(text) : 129;
  return prefix > 128 ? null : prefix;
};

/** 240.0.0.0/4 and multicast have it; whatever is wider is a slip. */
export const SHORTEST_PREFIX = 4;
const IPV4 = new Uint32Array(1);
const IPV6 = new Uint32Array(4);
const PREFIX = /^\d{1,3}$/;
