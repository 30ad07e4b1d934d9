import { lookup, type LookupAddress } from "node:dns";
import type { LookupFunction } from "node:net";
import { rootCertificates } from "node:tls";

import { Agent } from "undici";

import type { AddressRule } from "./address-rule";
import { privateAddress } from "./outgoing-url";

/** Resolves a host name to all its addresses; `node:dns` outside tests. */
export type ResolveHost = (
  hostname: string,
  done: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** How a server proves who it is: certificates (PEM) trusted beside the system's, or, insecurely, any certificate. */
export type TlsTrust = { caPem: string | null; isInsecure: boolean };

export type AgentOptions = {
  isAllowed: AddressRule;
  connectMs: number;
  resolve?: ResolveHost | undefined;
  tls?: TlsTrust | undefined;
};

/** An agent that connects to an address only after checking that very address, so a name cannot change between check and use. */
export const createGuardedAgent = ({
  isAllowed,
  connectMs,
  resolve = resolveByDns,
  tls,
}: AgentOptions): Agent =>
  new Agent({
    connect: { lookup: guardLookup(isAllowed, resolve), timeout: connectMs, ...trustOf(tls) },
    maxHeaderSize: 64 * 1024,
  });

const trustOf = (tls: TlsTrust | undefined) => ({
  ...(tls?.caPem && { ca: [...rootCertificates, tls.caPem] }),
  ...(tls?.isInsecure === true && { rejectUnauthorized: false }),
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
  lookup(hostname, { all: true, verbatim: true }, (error, addresses) => {
    // With an error Node gives no list, whatever its types say.
    done(error, error === null ? addresses : []);
  });
};
