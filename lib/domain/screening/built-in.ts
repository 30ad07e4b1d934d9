import ipaddr from "ipaddr.js";

import type { IndicatorType } from "@/lib/domain/indicator/types";

/** Why a value is kept in whatever the feed says. Nobody can lift these. */
export type Screening = { list: `built-in:${string}`; reason: string };

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

/** Keeps in what must never be blocked: private, loopback, multicast, reserved and documentation ranges, also as a URL's host. */
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
    case "email":
    case "md5":
    case "sha1":
    case "sha256":
    case "sha512":
    case "cert-sha1":
      return null;
  }
};

const screenAddress = (text: string): Screening | null => {
  const range = ipaddr.parse(text).range();
  const what = RANGES[range];
  return what === undefined ? null : { list: `built-in:${range}`, reason: `${text} is ${what}.` };
};

// A network is kept in when its first or last address is, so when it lies inside such a range or reaches into one.
const screenNetwork = (text: string): Screening | null => {
  const [address, prefix] = ipaddr.parseCIDR(text);
  const last =
    address.kind() === "ipv4"
      ? ipaddr.IPv4.broadcastAddressFromCIDR(text).toString()
      : lastOfIpv6(address.toByteArray(), prefix);
  const hit = screenAddress(address.toString()) ?? screenAddress(last);
  return hit && { list: hit.list, reason: `${text} holds ${hit.reason}` };
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

const URL_HOST =
  /^[a-z][a-z0-9+.-]*:\/\/(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[[0-9a-f:.]+\]|localhost)(?=[:/?]|$)/;

const screenUrl = (text: string): Screening | null => {
  const host = URL_HOST.exec(text)?.[1];
  if (host === undefined) return null;
  if (host === "localhost") return { list: "built-in:loopback", reason: "localhost is this machine." };
  return screenAddress(host.replace(/^\[|\]$/g, ""));
};
