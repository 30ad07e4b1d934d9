import { readFile } from "node:fs/promises";

import {
  ClientAuthError,
  ConfidentialClientApplication,
  ManagedIdentityApplication,
  type AuthenticationResult,
  type Configuration,
} from "@azure/msal-node";

import type { VendorFetch } from "@/lib/http/vendor-fetch";

import type { SignInAddresses } from "../clouds";
import { plainThumbprint, type ApplicationCredential } from "./credential";
import { createNetworkModule } from "./network-module";

export type SignIn = {
  addresses: SignInAddresses;
  tenantId: string;
  clientId: string;
  credential: ApplicationCredential;
};

/** Gets one token from whoever gives it for this kind of credential. Throws MSAL's errors. */
export type TokenClient = (scope: string, skipCache: boolean) => Promise<AuthenticationResult | null>;

/** Makes MSAL's client for a credential: of Entra ID, or of the machine's own managed identity. */
export const createTokenClient = (signIn: SignIn, fetch: VendorFetch, now: () => Date): TokenClient => {
  const { credential, clientId } = signIn;
  if (credential.kind === "managed-identity") {
    const application = new ManagedIdentityApplication({
      ...(credential.assigned === "user" && { managedIdentityIdParams: { userAssignedClientId: clientId } }),
      // What may be tried again is decided by the push, which knows how long it can wait.
      system: { networkClient: createNetworkModule(fetch, now, "machine"), disableInternalRetries: true },
    });
    return (scope, skipCache) => application.acquireToken({ resource: scope, forceRefresh: skipCache });
  }
  const application = new ConfidentialClientApplication(toConfiguration(signIn, fetch, now));
  // The region would otherwise be taken from environment variables of the host.
  return (scope, skipCache) =>
    application.acquireTokenByClientCredential({
      scopes: [scope],
      skipCache,
      azureRegion: "DisableMsalForceRegion",
    });
};

const toConfiguration = (
  { addresses, clientId, credential }: SignIn,
  fetch: VendorFetch,
  now: () => Date,
): Configuration => ({
  auth: {
    clientId,
    authority: addresses.authority,
    knownAuthorities: [...addresses.knownAuthorities],
    ...(addresses.authorityMetadata === null ? {} : { authorityMetadata: addresses.authorityMetadata }),
    ...toProof(credential),
  },
  system: { networkClient: createNetworkModule(fetch, now) },
});

type Proof = Pick<Configuration["auth"], "clientSecret" | "clientCertificate" | "clientAssertion">;

const toProof = (credential: ApplicationCredential): Proof => {
  switch (credential.kind) {
    case "secret":
      return { clientSecret: credential.secret };
    case "certificate":
      return {
        clientCertificate: {
          thumbprintSha256: plainThumbprint(credential.thumbprintSha256),
          privateKey: credential.privateKeyPem,
          ...(credential.chainPem ? { x5c: credential.chainPem } : {}),
        },
      };
    case "workload-identity":
      // Read anew for each request: the cluster replaces it every hour or so.
      return { clientAssertion: () => readAssertion(credential.tokenFile) };
    case "managed-identity":
      return {};
  }
};

const readAssertion = async (tokenFile: string): Promise<string> => {
  try {
    return (await readFile(tokenFile, "utf8")).trim();
  } catch {
    // MSAL passes on its own kind of error only; the path is the operator's own.
    throw new ClientAuthError("no_token_file", "");
  }
};
