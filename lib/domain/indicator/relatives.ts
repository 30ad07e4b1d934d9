import { registrableDomain } from "./host";
import { parseIpv4 } from "./ipv4";
import { normalise } from "./normalise";
import type { IndicatorType } from "./types";

/** Where else a value's relatives are looked for: `q` is the question that the list of indicators understands. */
export type Relatives = { kind: "host" | "domain" | "network"; q: string; name: string };

/**
 * What a value shares with others by its own text: the host, the registered domain, and the network of an address (/24, or
 * /64 of IPv6: what one customer usually has).
 */
export const relativesOf = ({
  type,
  value,
}: {
  type: IndicatorType;
  value: string;
}): readonly Relatives[] => {
  switch (type) {
    case "ipv4":
    case "ipv6":
    case "ipv4-cidr":
    case "ipv6-cidr":
      return networkOf(value);
    case "domain":
      return namesOf(value);
    case "email":
      return namesOf(value.slice(value.lastIndexOf("@") + 1));
    case "url":
      return ofUrl(value);
    case "md5":
    case "sha1":
    case "sha256":
    case "sha512":
    case "cert-sha1":
      return [];
  }
};

const namesOf = (host: string): readonly Relatives[] => {
  const domain = registrableDomain(host);
  const whole: Relatives[] = domain === null ? [] : [{ kind: "domain", q: domain, name: domain }];
  return host === domain ? whole : [{ kind: "host", q: host, name: host }, ...whole];
};

const ofUrl = (url: string): readonly Relatives[] => {
  const scheme = url.slice(0, url.indexOf("://"));
  const authority = url.slice(scheme.length + 3).split("/", 1)[0] ?? "";
  const address = authority.startsWith("[")
    ? authority.slice(1, authority.indexOf("]"))
    : (authority.split(":", 1)[0] ?? "");
  if (parseIpv4(address) === null && !address.includes(":")) return namesOf(address);
  // A search for an address finds addresses; what lies at it begins with it.
  return [{ kind: "host", q: `${scheme}://${authority}/`, name: authority }, ...networkOf(address)];
};

const networkOf = (value: string): readonly Relatives[] => {
  const [address = "", prefix] = value.split("/");
  const bits = value.includes(":") ? IPV6_BITS : IPV4_BITS;
  if (prefix !== undefined && Number(prefix) <= bits) return [];
  const network = normalise(`${address}/${String(bits)}`);
  if (!network.ok) return [];
  return [{ kind: "network", q: network.value.value, name: network.value.value }];
};

const IPV4_BITS = 24;
const IPV6_BITS = 64;
