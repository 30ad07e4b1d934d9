import { AppError } from "@/lib/domain/errors";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { createVendorFetch, type VendorAnswer } from "@/lib/http/vendor-fetch";

import { createApiClient, type ApiClient, type CredentialWatch } from "./api-client";
import {
  defenderAddresses,
  graphAddresses,
  logsAddresses,
  sentinelAddresses,
  signInAddresses,
  type CloudSite,
} from "./clouds";
import type { Destination, Pace } from "./contract";
import { createDefenderDestination } from "./defender/destination";
import type { ApplicationCredential } from "./entra/credential";
import { findSecretEnd, type SecretEnd, type SoughtSecret } from "./entra/find-secret-end";
import type { TokenSource } from "./entra/token-source";
import { createTokenSources } from "./entra/token-sources";
import { countInWorkspace } from "./sentinel/count-in-workspace";
import type { AzureNames } from "./sentinel/client";
import { createSentinelDestination } from "./sentinel/destination";

/** Who signs in where. */
export type ApplicationSettings = CloudSite & {
  tenantId: string;
  clientId: string;
  credential: ApplicationCredential;
};

export type DestinationSettings = ApplicationSettings & {
  kind: ConnectorKind;
  /** The Log Analytics workspace's GUID; Sentinel only. */
  workspaceId?: string | null;
  /** To read Sentinel back. */
  azure?: AzureNames | null;
  /** Sentinel's `sourcesystem`, Defender's `application`; fixed for each destination. */
  sourceSystem: string;
  pace: Pace;
  /** Asked right before each request that would change something; what it throws keeps that from leaving. */
  assertMayLeave?: (() => Promise<void>) | undefined;
  /** Told of each such request that changed nothing: the service refused it with that status, or it reached nobody (null). */
  noteRefused?: ((status: number | null) => void) | undefined;
  /** Lets no write leave: whatever would change something throws before it is sent. */
  isDryRun?: boolean;
  /** Whether this Defender tenant takes MD5; null or left out: nobody tried. */
  acceptsMd5?: boolean | null;
  watch?: CredentialWatch | undefined;
  now?: () => Date;
};

/** Opens one application's way to one destination. Nothing is sent yet; throws `invalid_input` for what can never work. */
export const openDestination = (settings: DestinationSettings): Destination => {
  const { now = () => new Date(), clientId, sourceSystem } = settings;
  const tokens = openTokens(settings);
  if (settings.kind === "defender") {
    const { baseUrl, scope } = defenderAddresses(settings);
    const api = toApi(settings, tokens, scope, [baseUrl]);
    const acceptsMd5 = settings.acceptsMd5 ?? null;
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

/** Asks Microsoft Graph until when the application's secret holds. Throws an AppError when Graph gave no answer. */
export const askSecretEnd = (
  settings: ApplicationSettings,
  sought: SoughtSecret,
  signal?: AbortSignal,
): Promise<SecretEnd> => {
  const { baseUrl, scope } = graphAddresses(settings);
  const fetch = createVendorFetch({
    allowedOrigins: [new URL(baseUrl).origin],
    isDryRun: true,
    totalMs: GRAPH_MS,
  });
  const { clientId } = settings;
  return findSecretEnd({ fetch, tokens: openTokens(settings), baseUrl, scope, clientId }, sought, signal);
};

type WorkspaceQuestion = { workspaceId: string; query: string };

/** Asks a workspace's tables for one number. Throws an AppError when there was no answer. */
export const askWorkspace = (
  settings: ApplicationSettings,
  { workspaceId, query }: WorkspaceQuestion,
  signal?: AbortSignal,
): Promise<number> => {
  const { baseUrl, scope } = logsAddresses(settings);
  const fetch = createVendorFetch({ allowedOrigins: [new URL(baseUrl).origin], isDryRun: true });
  return countInWorkspace(
    { fetch, tokens: openTokens(settings), baseUrl, scope, workspaceId },
    query,
    signal,
  );
};

const openTokens = (settings: ApplicationSettings): TokenSource => {
  const { tenantId, clientId, credential } = settings;
  return tokenSources({ addresses: signInAddresses(settings, tenantId), tenantId, clientId, credential });
};

const toApi = (
  { pace, watch, assertMayLeave, noteRefused, isDryRun = false, now = () => new Date() }: DestinationSettings,
  tokens: TokenSource,
  scope: string,
  baseUrls: readonly string[],
): ApiClient => {
  const allowedOrigins = baseUrls.map((url) => new URL(url).origin);
  const vendorFetch = createVendorFetch({ allowedOrigins, isDryRun });
  const fetch: typeof vendorFetch = async (request) => {
    if (request.method === "GET" || request.effect !== "write") return vendorFetch(request);
    await assertMayLeave?.();
    const answer = await vendorFetch(request).catch((error: unknown) => {
      if (error instanceof AppError && error.context["wasReached"] === false) noteRefused?.(null);
      throw error;
    });
    if (isRefusal(answer)) noteRefused?.(answer.status);
    return answer;
  };
  return createApiClient({ fetch, tokens, scope, pace, watch, now });
};

// A request that took too long may have been carried out.
const isRefusal = ({ status }: VendorAnswer): boolean => status >= 400 && status < 500 && status !== 408;

const missingWorkspace = (): never => {
  throw new AppError(
    "invalid_input",
    "A Sentinel connector needs the workspace ID, the GUID of its Log Analytics workspace.",
  );
};

const GRAPH_MS = 30_000;
// For the whole process: applications keep their tokens however often a destination is opened.
const tokenSources = createTokenSources();
