import { AppError } from "@/lib/domain/errors";
import type { Cloud } from "@/lib/domain/connector/kinds";

export type SignInAddresses = {
  /** What MSAL is given; the tenant is its last segment. */
  authority: string;
  knownAuthorities: readonly string[];
  /** MSAL's `authorityMetadata` (JSON) where the endpoints are not those it knows; else null. */
  authorityMetadata: string | null;
  /** The only origin that may receive the secret. */
  origin: string;
};
/** `baseUrl` stands before `/api/indicators`. */
export type DefenderAddresses = { baseUrl: string; scope: string };
/** `uploadUrl` stands before `/workspaces/…`, `managementUrl` before `/subscriptions/…`. */
export type SentinelAddresses = { uploadUrl: string; managementUrl: string; scope: string };

export type CloudSite = { cloud: Cloud; sandboxOrigin: string | null };

/** Where an application of that tenant signs in. Throws when the sandbox is asked for and there is none on this machine. */
export const signInAddresses = (site: CloudSite, tenantId: string): SignInAddresses => {
  if (site.cloud !== "sandbox") {
    const origin = SIGN_IN[site.cloud];
    return { authority: `${origin}/${tenantId}`, knownAuthorities: [], authorityMetadata: null, origin };
  }
  const origin = sandbox(site);
  // MSAL demands an https authority and never contacts this one: every endpoint comes from the metadata. It puts the
  // tenant in place of the first path segment of `authorization_endpoint`, in all of them, so that one has no /entra.
  return {
    authority: `https://${SANDBOX_AUTHORITY}/${tenantId}`,
    knownAuthorities: [SANDBOX_AUTHORITY],
    authorityMetadata: JSON.stringify({
      authorization_endpoint: `${origin}/{tenantid}/oauth2/v2.0/authorize`,
      token_endpoint: `${origin}/entra/{tenantid}/oauth2/v2.0/token`,
      issuer: `${origin}/entra/{tenantid}/v2.0`,
      jwks_uri: `${origin}/entra/{tenantid}/discovery/v2.0/keys`,
    }),
    origin,
  };
};

/** Where Defender's indicators are. Throws for a cloud whose address Microsoft has not published. */
export const defenderAddresses = (site: CloudSite): DefenderAddresses => {
  if (site.cloud === "sandbox") return { baseUrl: `${sandbox(site)}/defender`, scope: DEFENDER_SCOPE };
  return DEFENDER[site.cloud] ?? unpublished("Defender's indicator API", site.cloud);
};

/** Where Sentinel takes and shows indicators. Throws for a cloud whose address Microsoft has not published. */
export const sentinelAddresses = (site: CloudSite): SentinelAddresses => {
  if (site.cloud === "sandbox") {
    const origin = sandbox(site);
    return { uploadUrl: `${origin}/sentinel`, managementUrl: `${origin}/arm`, scope: MANAGEMENT_SCOPE };
  }
  return SENTINEL[site.cloud] ?? unpublished("Sentinel's upload API", site.cloud);
};

const sandbox = ({ sandboxOrigin }: CloudSite): string => {
  if (sandboxOrigin === null) {
    throw new AppError(
      "invalid_input",
      "No sandbox runs here. Choose a Microsoft cloud, or start Sluice with its sandbox.",
    );
  }
  const url = new URL(sandboxOrigin);
  // Client secrets are posted to it, so it must not be another machine.
  if (!LOOPBACK.has(url.hostname)) {
    throw new AppError(
      "blocked_address",
      `The sandbox must run on this machine; ${url.host} is another one.`,
    );
  }
  return url.origin;
};

const unpublished = (what: string, cloud: Cloud): never => {
  throw new AppError(
    "invalid_input",
    `Microsoft has not published an address of ${what} in the cloud "${cloud}", so this kind of connector cannot be used there.`,
  );
};

type MicrosoftCloud = Exclude<Cloud, "sandbox">;

const SANDBOX_AUTHORITY = "sandbox.invalid";
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);
// Fixed names, not derived from the API's host: a regional or newer host answers to the same resource.
const DEFENDER_SCOPE = "https://api.securitycenter.microsoft.com/.default";
const MANAGEMENT_SCOPE = "https://management.azure.com/.default";

const SIGN_IN: Readonly<Record<MicrosoftCloud, string>> = {
  public: "https://login.microsoftonline.com",
  gcc: "https://login.microsoftonline.com",
  "gcc-high": "https://login.microsoftonline.us",
  china: "https://login.partner.microsoftonline.cn",
};

const DEFENDER: Readonly<Record<MicrosoftCloud, DefenderAddresses | null>> = {
  public: { baseUrl: "https://api.security.microsoft.com", scope: DEFENDER_SCOPE },
  gcc: {
    baseUrl: "https://api-gcc.securitycenter.microsoft.us",
    scope: "https://api-gcc.securitycenter.microsoft.us/.default",
  },
  "gcc-high": {
    baseUrl: "https://api-gov.securitycenter.microsoft.us",
    scope: "https://api-gov.securitycenter.microsoft.us/.default",
  },
  china: null,
};

const PUBLIC_SENTINEL: SentinelAddresses = {
  uploadUrl: "https://api.ti.sentinel.azure.com",
  managementUrl: "https://management.azure.com",
  scope: MANAGEMENT_SCOPE,
};

const SENTINEL: Readonly<Record<MicrosoftCloud, SentinelAddresses | null>> = {
  public: PUBLIC_SENTINEL,
  gcc: PUBLIC_SENTINEL,
  "gcc-high": null,
  china: null,
};
