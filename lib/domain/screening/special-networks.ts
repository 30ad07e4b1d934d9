import ipaddr from "ipaddr.js";

import { readIpv6 } from "./address-words";
import { createNetworkIndex } from "./network-index";
import { readNetwork } from "./network-text";

/** A range of addresses that must never be blocked, and a value that touches it. */
type SpecialRange = { range: string; what: string };

/** The special range that an address lies in; null for one of the public Internet. Brackets of a URL are allowed. */
export const specialRangeOf = (address: string): SpecialRange | null => {
  if (isPlainlyPublic(address)) return null;
  const range = ipaddr.parse(address.startsWith("[") ? address.slice(1, -1) : address).range();
  const what = RANGES[range];
  return what === undefined ? null : { range, what };
};

/** Whether a network lies where all is public: such a one need not be looked at closely, and nearly all are. */
export const isPublicNetwork = (network: string): boolean => {
  const slash = network.indexOf("/");
  const prefix = Number(network.slice(slash + 1));
  return prefix >= (network.includes(":") ? 32 : 8) && isPlainlyPublic(network.slice(0, slash));
};

/** A special range inside a network, as its first network and its name. */
export const specialRangeInside = (network: string): { inside: string; range: string } | null => {
  inside = null;
  readNetwork(network, (words, prefix) => {
    (words.length === 1 ? IPV4 : IPV6).find(words, prefix);
  });
  return inside;
};

/** Nearly every address of a feed: it must cost next to nothing. The library has the last word on the others. */
const isPlainlyPublic = (address: string): boolean => {
  if (address.includes(":")) {
    if (!readIpv6(address, WORDS)) return false;
    const first = (WORDS[0] ?? 0) >>> 16;
    const second = (WORDS[0] ?? 0) & 0xffff;
    if (first === 0x2001) return second > 0x1ff && second !== 0xdb8;
    return first > 0x2001 && first < 0x3fff && first !== 0x2002;
  }
  const dot = address.indexOf(".");
  return (
    dot > 0 && dot < 4 && !SPECIAL_OCTETS.has(address.slice(0, dot)) && Number(address.slice(0, dot)) < 224
  );
};

const RANGES: Readonly<Record<string, string>> = {
  unspecified: "the unspecified address",
  broadcast: "a broadcast address",
  multicast: "a multicast address",
  linkLocal: "a link-local address",
  loopback: "a loopback address",
  carrierGradeNat: "a shared address of carriers (RFC 6598)",
  private: "a private address (RFC 1918)",
  uniqueLocal: "a private address (RFC 4193)",
  reserved: "a reserved or documentation address",
  benchmarking: "a benchmarking address",
  amt: "a reserved address",
  as112: "a reserved address",
  deprecatedOrchid: "a reserved address",
  orchid2: "a reserved address",
  discard: "a discard-only address",
  deprecatedSiteLocal: "a private address",
};

/** What a network may have inside without beginning or ending in it. */
const NETWORKS: readonly (readonly [range: string, network: string])[] = [
  ["private", "10.0.0.0/8"],
  ["private", "172.16.0.0/12"],
  ["private", "192.168.0.0/16"],
  ["carrierGradeNat", "100.64.0.0/10"],
  ["loopback", "127.0.0.0/8"],
  ["linkLocal", "169.254.0.0/16"],
  ["reserved", "192.0.0.0/24"],
  ["reserved", "192.0.2.0/24"],
  ["reserved", "198.51.100.0/24"],
  ["reserved", "203.0.113.0/24"],
  ["reserved", "198.18.0.0/15"],
  ["multicast", "224.0.0.0/4"],
  ["uniqueLocal", "fc00::/7"],
  ["linkLocal", "fe80::/10"],
  ["multicast", "ff00::/8"],
  ["reserved", "2001:db8::/32"],
  ["benchmarking", "2001:2::/48"],
  ["discard", "100::/64"],
];
/** All that this file decides by, for whoever asks whether it decides as another version did. */
export const SPECIAL_DATA = [RANGES, NETWORKS] as const;

let inside: { inside: string; range: string } | null = null;
const onInside = (list: number, entry: string): void => {
  inside ??= { inside: entry, range: NETWORKS[list]?.[0] ?? "reserved" };
};
const IPV4 = createNetworkIndex(1, onInside);
const IPV6 = createNetworkIndex(4, onInside);
for (const [list, [, network]] of NETWORKS.entries())
  readNetwork(network, (words, prefix) => {
    (words.length === 1 ? IPV4 : IPV6).add(words, prefix, list);
  });
IPV4.seal();
IPV6.seal();

const WORDS = new Uint32Array(4);
const SPECIAL_OCTETS: ReadonlySet<string> = new Set([
  "0",
  "10",
  "100",
  "127",
  "169",
  "172",
  "192",
  "198",
  "203",
]);
