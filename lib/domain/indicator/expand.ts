import ipaddr from "ipaddr.js";

import { formatIpv4, parseIpv4 } from "./ipv4";
import type { IndicatorType } from "./types";

/** The most addresses that a network may have to be taken apart: an IPv4 /24, an IPv6 /120. */
export const MOST_ADDRESSES = 256;

/** Whether a type is a network. */
export const isNetwork = (type: IndicatorType): type is NetworkType =>
  type === "ipv4-cidr" || type === "ipv6-cidr";
export type NetworkType = "ipv4-cidr" | "ipv6-cidr";

/** The type of a network's addresses. */
export const addressTypeOf = (type: NetworkType): "ipv4" | "ipv6" => (type === "ipv4-cidr" ? "ipv4" : "ipv6");

/** How many addresses a canonical network holds, its first and its last among them. */
export const networkSize = (network: string): number =>
  2 ** ((network.includes(":") ? 128 : 32) - Number(network.slice(network.indexOf("/") + 1)));

type Address = { type: "ipv4" | "ipv6"; value: string };

/** Every address of a canonical network, in canonical spelling and in order. Throws RangeError above `MOST_ADDRESSES`. */
export const addressesIn = (network: string): Address[] => {
  const size = networkSize(network);
  if (size > MOST_ADDRESSES) throw new RangeError(`${network} has more addresses than are taken apart.`);
  const first = network.slice(0, network.indexOf("/"));
  const v4 = parseIpv4(first);
  if (v4 !== null) return count(size, (index) => ({ type: "ipv4", value: formatIpv4(v4 + index) }));
  const { parts } = ipaddr.IPv6.parse(first);
  return count(size, (index) => ({ type: "ipv6", value: ipv6At(parts, index) }));
};

// So small a network differs in the last part alone.
const ipv6At = (parts: readonly number[], index: number): string =>
  new ipaddr.IPv6([...parts.slice(0, -1), (parts.at(-1) ?? 0) + index]).toRFC5952String();

const count = <T>(size: number, make: (index: number) => T): T[] =>
  Array.from({ length: size }, (_, index) => make(index));
