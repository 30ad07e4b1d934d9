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
import type { ApplicationCredential } from "./credential";
import { createNetworkModule, TransportError } from "./network-module";
import type { ServerClock } from "./server-clock";
import { signAssertion } from "./sign-assertion";

export type SignIn = {
  addresses: SignInAddresses;
  tenantId: string;
  clientId: string;
  credential: ApplicationCredential;
};

/** Gets one token from whoever gives it for this kind of credential. Throws MSAL's errors. */
export type TokenClient = (scope: string, skipCache: boolean) => Promise<AuthenticationResult | null>;

/** Makes MSAL's client for a credential: of Entra ID, or of the machine's own managed identity. */
export const createTokenClient = (signIn: SignIn, fetch: VendorFetch, clock: ServerClock): TokenClient => {
  const { credential, clientId } = signIn;
  if (credential.kind === "managed-identity") {
    const application = new ManagedIdentityApplication({
      ...(credential.assigned === "user" && { managedIdentityIdParams: { userAssignedClientId: clientId } }),
      // What may be tried again is decided by the push, which knows how long it can wait.
      system: { networkClient: createNetworkModule(fetch, clock, "machine"), disableInternalRetries: true },
    });
    return (scope, skipCache) => application.acquireToken({ resource: scope, forceRefresh: skipCache });
  }
  const application = new ConfidentialClientApplication(toConfiguration(signIn, fetch, clock));
  // The region would otherwise be taken from environment variables of the host.
  const acquire: TokenClient = (scope, skipCache) =>
    application.acquireTokenByClientCredential({
      scopes: [scope],
      skipCache,
      azureRegion: "DisableMsalForceRegion",
    });
  return credential.kind === "certificate" ? inServerTime(acquire, clock) : acquire;
};

/** What was signed by a clock that is off is signed once more, by the time that the refusal told. */
const inServerTime =
  (acquire: TokenClient, clock: ServerClock): TokenClient =>
  async (scope, skipCache) => {
    const offMs = clock.offMs();
    try {
      return await acquire(scope, skipCache);
    } catch (error) {
      if (clock.offMs() === offMs || error instanceof TransportError) throw error;
      return acquire(scope, skipCache);
    }
  };

const toConfiguration = (
  { addresses, clientId, credential }: SignIn,
  fetch: VendorFetch,
  clock: ServerClock,
): Configuration => ({
  auth: {
    clientId,
    authority: addresses.authority,
    knownAuthorities: [...addresses.knownAuthorities],
    ...(addresses.authorityMetadata === null ? {} : { authorityMetadata: addresses.authorityMetadata }),
    ...toProof(credential, clock),
  },
  system: { networkClient: createNetworkModule(fetch, clock) },
});

type Proof = Pick<Configuration["auth"], "clientSecret" | "clientAssertion">;

const toProof = (credential: ApplicationCredential, clock: ServerClock): Proof => {
  switch (credential.kind) {
    case "secret":
      return { clientSecret: credential.secret };
    case "certificate":
      return {
        clientAssertion: ({ clientId, tokenEndpoint = "" }) =>
          signAssertion(credential, { clientId, tokenEndpoint, now: clock.now() }),
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
