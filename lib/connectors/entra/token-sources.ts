import { createVendorFetch } from "@/lib/http/vendor-fetch";

import { credentialFingerprint } from "./credential";
import { machineIdentityOrigin } from "./machine-identity";
import type { SignIn } from "./token-client";
import { createTokenSource, type TokenSource } from "./token-source";

/** Makes a store of token sources: one for each cloud, tenant, application and credential, the most recently used 200. */
export const createTokenSources = (now: () => Date = () => new Date()): ((signIn: SignIn) => TokenSource) => {
  const sources = new Map<string, TokenSource>();

  return (signIn) => {
    const { addresses, tenantId, clientId, credential } = signIn;
    const key = [
      addresses.authority,
      addresses.origin,
      tenantId,
      clientId,
      credentialFingerprint(credential),
    ].join(" ");
    const source =
      sources.get(key) ??
      createTokenSource(
        signIn,
        createVendorFetch({ allowedOrigins: [originFor(signIn)], totalMs: SIGN_IN_MS }),
        now,
      );
    // A Map keeps the order of insertion: what is put in again last is thrown out last.
    sources.delete(key);
    sources.set(key, source);
    for (const oldest of sources.keys()) {
      if (sources.size <= MAX_SOURCES) break;
      sources.delete(oldest);
    }
    return source;
  };
};

const originFor = ({ credential, addresses }: SignIn): string =>
  credential.kind === "managed-identity" ? machineIdentityOrigin() : addresses.origin;

const MAX_SOURCES = 200;
const SIGN_IN_MS = 30_000;
