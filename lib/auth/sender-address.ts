import { subscribe } from "node:diagnostics_channel";
import { IncomingMessage } from "node:http";

import ipaddr from "ipaddr.js";

/**
 * Makes X-Forwarded-For of every request that this process takes hold one address: that of the sender, as far as those who may
 * be believed say. Next would else keep what a client wrote there itself. Call once, as early as can be.
 */
export const watchSenders = (trustedProxies: readonly string[]): void => {
  subscribe("http.server.request.start", (message) => {
    const request = readRequest(message);
    if (!request) return;
    const { headers, socket } = request;
    const said = headers["x-forwarded-for"] ?? "";
    const forwarded = typeof said === "string" ? said : said.join(",");
    headers["x-forwarded-for"] = findSender({
      socketAddress: socket.remoteAddress ?? "",
      forwarded,
      trustedProxies,
    });
  });
};

type Facts = {
  socketAddress: string;
  /** X-Forwarded-For as received; the nearest hop wrote its end. */
  forwarded: string;
  /** Networks in CIDR notation. */
  trustedProxies: readonly string[];
};

/** The socket's own address; where that is a trusted proxy's, the one that the proxy names, and so on from hop to hop. */
export const findSender = ({ socketAddress, forwarded, trustedProxies }: Facts): string => {
  const networks = trustedProxies.map((network) => ipaddr.parseCIDR(network));
  const hops = forwarded.split(",");
  let sender = socketAddress;
  while (networks.some((network) => isWithin(sender, network))) {
    const hop = withoutPort(hops.pop()?.trim() ?? "");
    if (!ipaddr.isValid(hop)) break;
    sender = hop;
  }
  return sender;
};

/** Some proxies add the port. */
const withoutPort = (hop: string): string =>
  /^\[([^\]]+)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;

const isWithin = (address: string, [network, bits]: ReturnType<typeof ipaddr.parseCIDR>): boolean => {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return parsed.kind() === network.kind() && parsed.match(network, bits);
};

const readRequest = (message: unknown): IncomingMessage | null =>
  typeof message === "object" &&
  message !== null &&
  "request" in message &&
  message.request instanceof IncomingMessage
    ? message.request
    : null;
