import { lookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";

import { Agent } from "undici";

import type { AddressRule } from "./address-rule";
import { privateAddress } from "./outgoing-url";

/** Resolves a host name to all its addresses; `node:dns` outside tests. */
export type ResolveHost = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

export type AgentOptions = { isAllowed: AddressRule; connectMs: number; resolve?: ResolveHost | undefined };

/** An agent that connects to an address only after checking that very address, so a name cannot change between check and use. */
export const createGuardedAgent = ({ isAllowed, connectMs, resolve = resolveByDns }: AgentOptions): Agent =>
  new Agent({
    connect: { lookup: guardLookup(isAllowed, resolve), timeout: connectMs },
    maxHeaderSize: 64 * 1024,
  });

const guardLookup =
  (isAllowed: AddressRule, resolve: ResolveHost): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, (error, addresses) => {
      const [first] = addresses;
      // One private address among public ones is enough to refuse: which of them is dialled is chance.
      const refused = addresses.find(({ address }) => !isAllowed(address));
      if (error !== null) callback(error, []);
      else if (refused) callback(privateAddress(hostname, refused.address), []);
      else if (!first) callback(Object.assign(new Error("No address"), { code: "ENOTFOUND" }), []);
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };

const resolveByDns: ResolveHost = (hostname, done) => {
  lookup(hostname, { all: true, verbatim: true }, done);
};
