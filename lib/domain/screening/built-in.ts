import ipaddr from "ipaddr.js";

import { parseIpv4 } from "@/lib/domain/indicator/ipv4";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import { isBareSuffix } from "./public-suffix";
import { explainHit } from "./reason";
import { isPublicNetwork, specialRangeInside, specialRangeOf } from "./special-networks";
import { hostOf } from "./subject";
import { findVendorName, type VendorHit } from "./vendor-names";

/** Why a value is kept in whatever the feed says. Nobody can lift these. */
export type Screening = { list: `built-in:${string}`; reason: string };

/**
 * Keeps in what must never be blocked: private, loopback, multicast, reserved and documentation ranges, public suffixes,
 * and the names that Microsoft, operating systems and certificate authorities serve from; also as the host of a URL.
 */
export const screenBuiltIn = (type: IndicatorType, value: string): Screening | null => {
  switch (type) {
    case "ipv4":
    case "ipv6":
      return screenAddress(value);
    case "ipv4-cidr":
    case "ipv6-cidr":
      return screenNetwork(value);
    case "url":
      return screenUrl(value);
    case "domain":
      return screenDomain(value);
    case "email":
      return explained(type, value, findVendorName(type, hostOf(type, value) ?? ""));
    case "md5":
    case "sha1":
    case "sha256":
    case "sha512":
    case "cert-sha1":
      return null;
  }
};

const screenAddress = (text: string): Screening | null => {
  const special = specialRangeOf(text);
  return special && { list: `built-in:${special.range}`, reason: `${text} is ${special.what}.` };
};

// A network is kept in when it lies inside such a range, reaches into one or has one inside.
const screenNetwork = (text: string): Screening | null => {
  if (isPublicNetwork(text)) return null;
  const [address, prefix] = ipaddr.parseCIDR(text);
  const last =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.broadcastAddressFromCIDR(text).toString()
      : lastOfIpv6(address.toByteArray(), prefix);
  const hit = screenAddress(address.toString()) ?? screenAddress(last);
  if (hit) return { list: hit.list, reason: `${text} reaches into a range of its own: ${hit.reason}` };
  const within = specialRangeInside(text);
  return within && { list: `built-in:${within.range}`, reason: `${text} holds all of ${within.inside}.` };
};

const lastOfIpv6 = (bytes: number[], prefix: number): string =>
  ipaddr
    .fromByteArray(
      bytes.map((byte, index) => {
        const fixedBits = Math.min(8, Math.max(0, prefix - index * 8));
        return byte | (0xff >> fixedBits);
      }),
    )
    .toString();

const screenUrl = (text: string): Screening | null => {
  const host = hostOf("url", text) ?? "";
  if (host.startsWith("[") || parseIpv4(host) !== null) return screenAddress(unbracketed(host));
  if (host === "localhost" || host.endsWith(".localhost"))
    return { list: "built-in:loopback", reason: `${host} is this machine.` };
  if (INSIDE.test(host))
    return { list: "built-in:private", reason: `${host} is a name that only networks of their own know.` };
  return explained("url", text, findVendorName("url", host));
};

const screenDomain = (name: string): Screening | null => {
  const hit = findVendorName("domain", name);
  // What `co.uk` is says more than which listed name happens to lie below it.
  if ((hit === null || hit.relation === "above") && isBareSuffix(name))
    return {
      list: "built-in:public-suffix",
      reason: `${name} is a public suffix: the names below it belong to unrelated people.`,
    };
  return explained("domain", name, hit);
};

const explained = (type: IndicatorType, value: string, hit: VendorHit | null): Screening | null =>
  hit && { list: hit.list, reason: explainHit(type, value, hit.entry, hit.relation, hit.listName) };

const unbracketed = (host: string): string => (host.startsWith("[") ? host.slice(1, -1) : host);

/** Names that no public server answers for (RFC 6762, RFC 8375 and ICANN's reservation of `internal`). */
const INSIDE = /\.(?:local|internal|home\.arpa)$/;
