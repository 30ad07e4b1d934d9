import type { Retry } from "@/lib/domain/errors";

export type Application = {
  tenantId: string;
  clientId: string;
  scope: string;
  /** By how much this machine's clock is behind Entra ID's (above 0) or ahead. */
  clockOffMs?: number;
};
export type SignInText = {
  what: (application: Application) => string;
  fix: (application: Application) => string;
  retry: Retry;
  /** The credential is as good as before: something else is to be mended. */
  sparesCredential?: boolean;
};

const never = (what: SignInText["what"], fix: SignInText["fix"]): SignInText => ({
  what,
  fix,
  retry: "never",
});
const later = (what: SignInText["what"], fix: SignInText["fix"]): SignInText => ({
  what,
  fix,
  retry: "later",
});

const place = ({ clientId }: Application): string =>
  `Entra ID › App registrations › ${clientId} › Certificates & secrets`;
const ourFault = (): string => "This is a fault of Sluice's own request: report it with the number.";

const noCredential = never(
  () => "The sign-in carried no credential",
  () => "Enter a client secret or a certificate for this connector.",
);
const malformedTenant = never(
  ({ tenantId }) => `"${tenantId}" is not a tenant ID`,
  () => "Enter the Directory (tenant) ID, a GUID shown on the application's overview page.",
);
const badScope = never(({ scope }) => `Entra ID does not take the scope ${scope}`, ourFault);
const sparing = (text: SignInText): SignInText => ({ ...text, sparesCredential: true });
/** Another worker's clock may be right, and this one may be set: it is tried again. */
const clock = sparing(
  later(
    ({ clockOffMs = 0 }) =>
      clockOffMs === 0
        ? "The signed statement of this application is not valid at this time"
        : `This server's clock is ${String(Math.round(Math.abs(clockOffMs) / 60_000))} minutes ${clockOffMs > 0 ? "behind" : "ahead of"} Microsoft's`,
    () => "Set the clock of this server; it must agree with Microsoft's to within five minutes.",
  ),
);
const audience = sparing(
  never(
    () => "The signed statement of this application is meant for another sign-in address",
    () =>
      "Check the chosen cloud, and the sign-in host if an administrator set another one under Administration › System › Addresses of clouds.",
  ),
);
const noConsent = never(
  ({ clientId, tenantId }) => `The application ${clientId} is not set up in tenant ${tenantId}`,
  () => "An administrator of that tenant must grant admin consent to the application.",
);

/** By AADSTS number. The numbers pick the words alone; Microsoft warns not to build on them. */
export const SIGN_IN_TEXTS: ReadonlyMap<string, SignInText> = new Map([
  [
    "7000215",
    never(
      () => "Entra ID does not accept this client secret",
      (application) =>
        `Enter the secret's Value, not its Secret ID (${place(application)}). The value is shown once only: if it is lost, make a new secret.`,
    ),
  ],
  [
    "7000222",
    never(
      () => "The client secret has expired",
      (application) =>
        `Make a new client secret (${place(application)}) and enter its value here. Nothing that waits is lost.`,
    ),
  ],
  ["7000216", noCredential],
  ["7000218", noCredential],
  [
    "700016",
    never(
      ({ clientId, tenantId }) => `There is no application ${clientId} in tenant ${tenantId}`,
      () =>
        "Check the Application (client) ID, and that the tenant ID is that of the tenant where the application is registered or consented to.",
    ),
  ],
  ["7000229", noConsent],
  ["65001", noConsent],
  [
    "7000112",
    sparing(
      never(
        ({ clientId }) => `The application ${clientId} is disabled in its tenant`,
        ({ clientId }) =>
          `An administrator can enable it: Entra ID › Enterprise applications › ${clientId} › Properties.`,
      ),
    ),
  ],
  [
    "90002",
    never(
      ({ tenantId }) => `There is no tenant ${tenantId} in this cloud`,
      () =>
        "Check the Directory (tenant) ID and the chosen cloud; government and China tenants sign in elsewhere.",
    ),
  ],
  ["900023", malformedTenant],
  ["90013", malformedTenant],
  ["1002012", badScope],
  ["70011", badScope],
  [
    "500011",
    never(
      ({ scope, tenantId }) =>
        `Tenant ${tenantId} does not know the service behind ${scope.replace(/\/\.default$/, "")}`,
      () =>
        "For Defender: the tenant needs Defender for Endpoint, and its API (WindowsDefenderATP) must have been opened once. Check the chosen cloud too.",
    ),
  ],
  [
    "700027",
    never(
      ({ clientId }) =>
        `The certificate is not registered on application ${clientId}, or its key is another one`,
      (application) => `Upload the certificate (its public part) at ${place(application)}.`,
    ),
  ],
  [
    "70021",
    sparing(
      never(
        ({ clientId }) => `Application ${clientId} trusts no federated credential like that of this server`,
        ({ clientId }) =>
          `Add one at Entra ID › App registrations › ${clientId} › Certificates & secrets › Federated credentials; issuer, subject and audience must be those of this server's token.`,
      ),
    ),
  ],
  ["700024", clock],
  ["700023", audience],
  [
    "53003",
    sparing(
      never(
        ({ clientId }) => `A Conditional Access policy blocks application ${clientId}`,
        () => "An administrator must allow this workload identity from the address of this server.",
      ),
    ),
  ],
]);

/** By MSAL's own code, where Entra ID said nothing. */
export const TRANSPORT_TEXTS: ReadonlyMap<string, SignInText> = new Map([
  [
    "network_error",
    later(
      () => "Entra ID could not be reached",
      () => "Check that this server may open https connections to Microsoft's sign-in host.",
    ),
  ],
  [
    "endpoints_resolution_error",
    later(
      () => "The sign-in addresses of this cloud could not be found",
      () => "Check the chosen cloud and that this server reaches Microsoft's sign-in host.",
    ),
  ],
  [
    "unusable_key",
    never(
      () => "The certificate's private key cannot be used to sign in",
      () => "Upload the certificate again with its RSA key, without a password.",
    ),
  ],
  [
    "temporarily_unavailable",
    later(
      () => "Entra ID is too busy to sign the application in at the moment",
      () => "Nothing needs to be done: it is tried again.",
    ),
  ],
  // MSAL's own lock-out after an error: it answers without asking Entra ID again.
  [
    "",
    later(
      () => "Entra ID refused a moment ago and is not asked again yet",
      () => "Nothing needs to be done: it is tried again within a minute.",
    ),
  ],
  [
    "no_managed_identity",
    never(
      ({ clientId }) => `Azure gives this server no token of the managed identity ${clientId}`,
      () =>
        "Check that the identity is assigned to the machine or service that Sluice runs on, and that the application id is that identity's client id.",
    ),
  ],
  [
    "no_token_file",
    never(
      () => "The federated token of this server cannot be read",
      () =>
        "Check that AZURE_FEDERATED_TOKEN_FILE names a file that this process may read; the cluster's workload identity webhook writes it.",
    ),
  ],
  ["missing_tenant_id_error", malformedTenant],
  ["invalid_client_credential", noCredential],
]);
