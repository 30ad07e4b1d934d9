import { AppError } from "@/lib/domain/errors";
import type {
  AddressField,
  CloudAddresses,
  CloudOverrides,
  MicrosoftCloud,
} from "@/lib/domain/connector/cloud-addresses";
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
/** `baseUrl` stands before the version of the API. */
export type ServiceAddresses = { baseUrl: string; scope: string };

export type CloudSite = {
  cloud: Cloud;
  sandboxOrigin: string | null;
  /** What administrators set in place of Microsoft's addresses. */
  overrides?: CloudOverrides;
};

/** Every address of a cloud as it holds: an administrator's, else Microsoft's; null where there is none. */
export const addressesOf = (site: CloudSite): CloudAddresses => {
  if (site.cloud === "sandbox") return sandboxAddresses(sandbox(site));
  const own = site.overrides?.[site.cloud] ?? {};
  const known = BUILT_IN[site.cloud];
  const pick = (field: AddressField): string | null => own[field] ?? known[field];
  return {
    ...{ signIn: pick("signIn"), defender: pick("defender"), defenderScope: pick("defenderScope") },
    ...{ sentinelUpload: pick("sentinelUpload"), azureManagement: pick("azureManagement") },
    ...{ azureScope: pick("azureScope"), graph: pick("graph"), graphScope: pick("graphScope") },
    ...{ logs: pick("logs"), logsScope: pick("logsScope") },
  };
};

/** Microsoft's own addresses of a cloud. */
export const builtInAddresses = (cloud: MicrosoftCloud): CloudAddresses => BUILT_IN[cloud];

/** Where an application of that tenant signs in. Throws when the sandbox is asked for and there is none on this machine. */
export const signInAddresses = (site: CloudSite, tenantId: string): SignInAddresses => {
  if (site.cloud === "sandbox") {
    const origin = sandbox(site);
    return strangeSignIn({ origin, host: SANDBOX_AUTHORITY, tenantId, path: "/entra" });
  }
  const origin = required(site, "signIn", "Entra ID's sign-in");
  if (origin === BUILT_IN[site.cloud].signIn)
    return { authority: `${origin}/${tenantId}`, knownAuthorities: [], authorityMetadata: null, origin };
  // MSAL would ask Microsoft's public cloud about a host that it does not know.
  return strangeSignIn({ origin, host: new URL(origin).host, tenantId, path: "" });
};

/** Where Defender's indicators are. Throws for a cloud whose address is not known. */
export const defenderAddresses = (site: CloudSite): DefenderAddresses => {
  const what = "Defender's indicator API";
  return { baseUrl: required(site, "defender", what), scope: required(site, "defenderScope", what) };
};

/** Where Sentinel takes and shows indicators. Throws for a cloud whose address is not known. */
export const sentinelAddresses = (site: CloudSite): SentinelAddresses => {
  const what = "Sentinel's upload API";
  return {
    uploadUrl: required(site, "sentinelUpload", what),
    managementUrl: required(site, "azureManagement", what),
    scope: required(site, "azureScope", what),
  };
};

/** Where Microsoft Graph tells of app registrations. */
export const graphAddresses = (site: CloudSite): ServiceAddresses => {
  const what = "Microsoft Graph";
  return { baseUrl: required(site, "graph", what), scope: required(site, "graphScope", what) };
};

/** Where workspaces are queried. */
export const logsAddresses = (site: CloudSite): ServiceAddresses => {
  const what = "Log Analytics";
  return { baseUrl: required(site, "logs", what), scope: required(site, "logsScope", what) };
};

type StrangeSignIn = { origin: string; host: string; tenantId: string; path: string };

// MSAL demands an https authority and never contacts this one: every endpoint comes from the metadata. It puts the
// tenant in place of the first path segment of `authorization_endpoint`, in all of them, so that one has no /entra.
const strangeSignIn = ({ origin, host, tenantId, path }: StrangeSignIn): SignInAddresses => ({
  authority: `https://${host}/${tenantId}`,
  knownAuthorities: [host],
  authorityMetadata: JSON.stringify({
    authorization_endpoint: `${origin}/{tenantid}/oauth2/v2.0/authorize`,
    token_endpoint: `${origin}${path}/{tenantid}/oauth2/v2.0/token`,
    issuer: `${origin}${path}/{tenantid}/v2.0`,
    jwks_uri: `${origin}${path}/{tenantid}/discovery/v2.0/keys`,
  }),
  origin,
});

const required = (site: CloudSite, field: AddressField, what: string): string =>
  addressesOf(site)[field] ?? unpublished(what, site.cloud);

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
    `Microsoft has not published an address of ${what} in the cloud "${cloud}". An administrator who knows it can enter it under Administration › System; until then this kind of connector cannot be used there.`,
  );
};

const SANDBOX_AUTHORITY = "sandbox.invalid";
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);
// Fixed names, not derived from the API's host: a regional or newer host answers to the same resource.
const DEFENDER_SCOPE = "https://api.securitycenter.microsoft.com/.default";

const sandboxAddresses = (origin: string): CloudAddresses => ({
  ...PUBLIC,
  signIn: origin,
  defender: `${origin}/defender`,
  sentinelUpload: `${origin}/sentinel`,
  azureManagement: `${origin}/arm`,
  graph: `${origin}/graph`,
  logs: `${origin}/logs`,
});

const PUBLIC: CloudAddresses = {
  signIn: "https://login.microsoftonline.com",
  defender: "https://api.security.microsoft.com",
  defenderScope: DEFENDER_SCOPE,
  sentinelUpload: "https://api.ti.sentinel.azure.com",
  azureManagement: "https://management.azure.com",
  azureScope: "https://management.azure.com/.default",
  graph: "https://graph.microsoft.com",
  graphScope: "https://graph.microsoft.com/.default",
  logs: "https://api.loganalytics.azure.com",
  logsScope: "https://api.loganalytics.io/.default",
};

const BUILT_IN: Readonly<Record<MicrosoftCloud, CloudAddresses>> = {
  public: PUBLIC,
  gcc: {
    ...PUBLIC,
    defender: "https://api-gcc.securitycenter.microsoft.us",
    defenderScope: "https://api-gcc.securitycenter.microsoft.us/.default",
  },
  "gcc-high": {
    signIn: "https://login.microsoftonline.us",
    defender: "https://api-gov.securitycenter.microsoft.us",
    defenderScope: "https://api-gov.securitycenter.microsoft.us/.default",
    sentinelUpload: null,
    azureManagement: "https://management.usgovcloudapi.net",
    azureScope: "https://management.usgovcloudapi.net/.default",
    graph: "https://graph.microsoft.us",
    graphScope: "https://graph.microsoft.us/.default",
    logs: "https://api.loganalytics.us",
    logsScope: "https://api.loganalytics.us/.default",
  },
  china: {
    signIn: "https://login.partner.microsoftonline.cn",
    defender: null,
    defenderScope: null,
    sentinelUpload: null,
    azureManagement: "https://management.chinacloudapi.cn",
    azureScope: "https://management.chinacloudapi.cn/.default",
    graph: "https://microsoftgraph.chinacloudapi.cn",
    graphScope: "https://microsoftgraph.chinacloudapi.cn/.default",
    logs: "https://api.loganalytics.azure.cn",
    logsScope: "https://api.loganalytics.azure.cn/.default",
  },
};
