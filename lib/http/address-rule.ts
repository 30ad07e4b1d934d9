import { isIP } from "node:net";

import ipaddr from "ipaddr.js";

/** Says whether a numeric address (IPv4 or IPv6 text) may be connected to. */
export type AddressRule = (address: string) => boolean;

/** True for addresses of the open internet only: no loopback, private, link-local, shared, translated or reserved ranges. */
export const isPublicAddress: AddressRule = (text) => {
  if (isIP(text) === 0) return false;
  const address = ipaddr.process(text);
  if (address.range() !== "unicast") return false;
  // Everything global in IPv6 lies in 2000::/3; ::a.b.c.d counts as unicast in ipaddr.js but names an IPv4 host.
  if (address.kind() === "ipv6") return address.match(GLOBAL_UNICAST_V6);
  return !HOST_SERVICES.has(address.toString());
};

/** Public addresses and those inside `cidrs` (such as `10.1.0.0/16`); throws on a text that is no network. */
export const allowingCidrs = (cidrs: readonly string[]): AddressRule => {
  const networks = cidrs.map((cidr) => ipaddr.parseCIDR(cidr));
  return (text) => {
    if (isPublicAddress(text)) return true;
    if (isIP(text) === 0) return false;
    const address = ipaddr.process(text);
    return networks.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    );
  };
};

const GLOBAL_UNICAST_V6 = ipaddr.parseCIDR("2000::/3");
// Azure answers its virtual machines (metadata, agent, name service) on this address, which lies in a public range.
const HOST_SERVICES = new Set(["168.63.129.16"]);
