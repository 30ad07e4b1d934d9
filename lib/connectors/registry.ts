import { AppError } from "@/lib/domain/errors";
import type { Cloud, ConnectorKind } from "@/lib/domain/connector/kinds";
import { createVendorFetch } from "@/lib/http/vendor-fetch";

import { createApiClient, type ApiClient } from "./api-client";
import { defenderAddresses, sentinelAddresses, signInAddresses } from "./clouds";
import type { Destination, Pace } from "./contract";
import { createDefenderDestination } from "./defender/destination";
import type { ApplicationCredential } from "./entra/credential";
import type { TokenSource } from "./entra/token-source";
import { createTokenSources } from "./entra/token-sources";
import type { AzureNames } from "./sentinel/client";
import { createSentinelDestination } from "./sentinel/destination";

export type DestinationSettings = {
  kind: ConnectorKind;
  cloud: Cloud;
  /** Where the sandbox runs; null where there is none. */
  sandboxOrigin: string | null;
  tenantId: string;
  clientId: string;
  credential: ApplicationCredential;
  /** The Log Analytics workspace's GUID; Sentinel only. */
  workspaceId?: string | null;
  /** To read Sentinel back. */
  azure?: AzureNames | null;
  /** Sentinel's `sourcesystem`, Defender's `application`; fixed for each destination. */
  sourceSystem: string;
  pace: Pace;
  /** Asked right before each request that would change something; what it throws keeps that from leaving. */
  assertMayLeave?: (() => Promise<void>) | undefined;
  /** Lets no write leave: whatever would change something throws before it is sent. */
  isDryRun?: boolean;
  /** Whether this Defender tenant is known to take MD5. */
  acceptsMd5?: boolean;
  now?: () => Date;
};

/** Opens one application's way to one destination. Nothing is sent yet; throws `invalid_input` for what can never work. */
export const openDestination = (settings: DestinationSettings): Destination => {
  const { now = () => new Date(), tenantId, clientId, credential, sourceSystem } = settings;
  const tokens = tokenSources({
    addresses: signInAddresses(settings, tenantId),
    tenantId,
    clientId,
    credential,
  });
  if (settings.kind === "defender") {
    const { baseUrl, scope } = defenderAddresses(settings);
    const api = toApi(settings, tokens, scope, [baseUrl]);
    const acceptsMd5 = settings.acceptsMd5 ?? false;
    return createDefenderDestination({ api, baseUrl, clientId, application: sourceSystem, acceptsMd5, now });
  }
  const { uploadUrl, managementUrl, scope } = sentinelAddresses(settings);
  const api = toApi(settings, tokens, scope, [uploadUrl, managementUrl]);
  const names = settings.azure ?? null;
  const workspaceId = settings.workspaceId ?? missingWorkspace();
  return createSentinelDestination({
    api,
    uploadUrl,
    managementUrl,
    clientId,
    workspaceId,
    names,
    sourceSystem,
    now,
  });
};

const toApi = (
  { pace, assertMayLeave, isDryRun = false }: DestinationSettings,
  tokens: TokenSource,
  scope: string,
  baseUrls: readonly string[],
): ApiClient => {
  const allowedOrigins = baseUrls.map((url) => new URL(url).origin);
  const vendorFetch = createVendorFetch({ allowedOrigins, isDryRun });
  const fetch: typeof vendorFetch = async (request) => {
    if (request.method !== "GET" && request.effect === "write") await assertMayLeave?.();
    return vendorFetch(request);
  };
  return createApiClient({ fetch, tokens, scope, pace });
};

const missingWorkspace = (): never => {
  throw new AppError(
    "invalid_input",
    "A Sentinel connector needs the workspace ID, the GUID of its Log Analytics workspace.",
  );
};

// For the whole process: applications keep their tokens however often a destination is opened.
const tokenSources = createTokenSources();
