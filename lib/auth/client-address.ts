import ipaddr from "ipaddr.js";

/**
 * Who sent a request: the last entry of X-Forwarded-For. In a process that serves it is the only one, put there by
 * `watchSenders`; entries before it would have been written by whoever is behind that hop and prove nothing.
 */
export const clientAddress = (headers: Headers): string => {
  const last = headers.get("x-forwarded-for")?.split(",").at(-1)?.trim() ?? "";
  return ipaddr.isValid(last) ? ipaddr.process(last).toString() : "unknown";
};

/** What counts as one sender: an IPv4 address, or the /64 of an IPv6 one, since a subscriber has a whole /64. */
export const senderOf = (address: string): string => {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === "ipv4"
    ? parsed.toString()
    : `${ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()}/64`;
};
