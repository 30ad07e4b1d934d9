import ipaddr from "ipaddr.js";

/** Reads a comma-separated list of networks. Returns them with host bits cleared, or a sentence that says which is wrong. */
export const parseNetworks = (text: string): string[] | string => {
  const networks: string[] = [];
  for (const entry of text.split(",")) {
    const network = parseNetwork(entry.trim());
    if (network === undefined) return `"${entry.trim()}" is not a network such as 10.20.0.0/16 or fd00::/8`;
    networks.push(network);
  }
  return networks;
};

const parseNetwork = (text: string): string | undefined => {
  const [address = "", length, ...rest] = text.split("/");
  // ipaddr.js alone would take "010.1" and "0x7f.1" for addresses.
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(address);
  if (rest.length > 0 || !(isV4 || (address.includes(":") && ipaddr.IPv6.isValid(address)))) return undefined;
  const bits = length ?? (isV4 ? "32" : "128");
  if (!/^\d{1,3}$/.test(bits) || Number(bits) > (isV4 ? 32 : 128)) return undefined;
  const cidr = `${address}/${bits}`;
  const network = isV4 ? ipaddr.IPv4.networkAddressFromCIDR(cidr) : ipaddr.IPv6.networkAddressFromCIDR(cidr);
  return `${network.toString()}/${bits}`;
};
