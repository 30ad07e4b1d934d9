import { AppError } from "@/lib/domain/errors";
import type { VendorAnswer } from "@/lib/http/vendor-fetch";

import type { ApiClient } from "../api-client";
import { toVendorFailure, type Remedies } from "../vendor-failure";
import { SENTINEL_LIMITS } from "./limits";
import { queryAnswerSchema, type QueriedItem, type StixIdentity, type StixIndicator } from "./stix";

/** What names a workspace at Azure Resource Manager, which knows it by name and not by GUID. */
export type AzureNames = { subscriptionId: string; resourceGroup: string; workspaceName: string };

export type SentinelClient = {
  /** Any status is an answer: a 400 is for the caller to take apart. */
  upload: (
    objects: readonly (StixIndicator | StixIdentity | { type: "indicator" })[],
    signal?: AbortSignal,
  ) => Promise<VendorAnswer>;
  /** The first page of our own objects, of one item at most. */
  queryOne: (names: AzureNames, signal?: AbortSignal) => Promise<VendorAnswer>;
  /**
   * All of our own objects in pages; throws when a page fails, cannot be read or repeats the one before. What is written meanwhile may
   * come twice: a workspace is too large to remember all that came.
   */
  queryPages: (names: AzureNames, signal?: AbortSignal) => AsyncIterable<readonly QueriedItem[]>;
  /** The same of these STIX ids alone, at most a page of them, ended and revoked ones included. */
  queryIds: (
    names: AzureNames,
    stixIds: readonly string[],
    signal?: AbortSignal,
  ) => AsyncIterable<readonly QueriedItem[]>;
};

export const SENTINEL_REMEDIES: Remedies = {
  service: "Sentinel",
  forbidden:
    "Give the application the role Microsoft Sentinel Contributor on the Log Analytics workspace (Access control › Add role assignment). It takes some minutes to spread.",
  notFound: "Check the workspace ID: it is the GUID on the workspace's overview page, not its name.",
};

export type SentinelClientOptions = {
  uploadUrl: string;
  managementUrl: string;
  workspaceId: string;
  sourceSystem: string;
  now: () => Date;
};

/** Makes the HTTP side of Sentinel: the STIX upload API, and the management plane's query to read back. */
export const createSentinelClient = (
  api: ApiClient,
  { uploadUrl, managementUrl, workspaceId, sourceSystem, now }: SentinelClientOptions,
): SentinelClient => {
  const uploadTo = `${uploadUrl}/workspaces/${encodeURIComponent(workspaceId)}${UPLOAD_PATH}?api-version=${UPLOAD_VERSION}`;
  const query = (url: string, body: Query, signal?: AbortSignal): Promise<VendorAnswer> =>
    api.call({ operation: "sentinel.query", method: "POST", effect: "read", url, json: body, signal });
  const pages = async function* (
    names: AzureNames,
    body: Query,
    signal?: AbortSignal,
  ): AsyncIterable<readonly QueriedItem[]> {
    let before = new Set<string>();
    const asked = new Set<string>();
    let url: string | null = queryUrl(managementUrl, names);
    while (url !== null) {
      // A pager that stands still would otherwise run for ever, or pass a part for the whole.
      if (asked.has(url)) throw unreadable("repeats itself instead of ending");
      asked.add(url);
      const answer: VendorAnswer = await query(url, body, signal);
      if (answer.status !== 200) throw toVendorFailure(answer, SENTINEL_REMEDIES, now());
      const parsed = queryAnswerSchema.safeParse(answer.json);
      if (!parsed.success) throw unreadable("could not be read");
      const { value, nextLink } = parsed.data;
      const fresh = value.filter(({ name }) => !before.has(name));
      if (value.length > 0 && fresh.length === 0) throw unreadable("repeats itself instead of ending");
      if (value.length > 0) before = new Set(value.map(({ name }) => name));
      yield fresh;
      // A page may be empty and still not be the last.
      url = nextLink === "" ? null : (nextLink ?? null);
    }
  };

  return {
    upload: (objects, signal) =>
      api.call({
        operation: "sentinel.upload",
        method: "POST",
        effect: "write",
        url: uploadTo,
        json: { sourcesystem: sourceSystem, stixobjects: objects },
        signal,
      }),
    queryOne: (names, signal) => query(queryUrl(managementUrl, names), toQuery(sourceSystem, 1), signal),
    queryPages: (names, signal) =>
      pages(names, toQuery(sourceSystem, SENTINEL_LIMITS.query.maxItems), signal),
    queryIds: (names, stixIds, signal) =>
      pages(names, toQuery(sourceSystem, SENTINEL_LIMITS.query.maxItems, stixIds), signal),
  };
};

const queryUrl = (
  managementUrl: string,
  { subscriptionId, resourceGroup, workspaceName }: AzureNames,
): string =>
  [
    managementUrl,
    "subscriptions",
    encodeURIComponent(subscriptionId),
    "resourceGroups",
    encodeURIComponent(resourceGroup),
    "providers/Microsoft.OperationalInsights/workspaces",
    encodeURIComponent(workspaceName),
    `providers/Microsoft.SecurityInsights${QUERY_PATH}?api-version=${QUERY_VERSION}`,
  ].join("/");

type Query = ReturnType<typeof toQuery>;

const toQuery = (sourceSystem: string, pageSize: number, stixIds: readonly string[] | null = null) => ({
  condition: {
    stixObjectType: "indicator",
    conditionConnective: "And",
    clauses: [
      { field: "source", operator: "Equals", values: [sourceSystem] },
      ...(stixIds === null
        ? []
        : [
            // Which connective holds where a clause names none is not documented.
            { field: "id", operator: "Equals", values: stixIds, clauseConnective: "Or" },
            // What is no longer active shows only to a query that asks about a range of time.
            { field: "validUntil", operator: "OnOrAfterAbsolute", values: ["1970-01-01T00:00:00Z"] },
          ]),
    ],
  },
  sortBy: { field: "lastUpdatedTimeUtc", direction: "DESC" },
  minPageSize: pageSize,
  maxPageSize: pageSize,
});

const unreadable = (what: string): AppError =>
  new AppError("upstream_rejected", `Sentinel's list of indicators ${what}; nothing was concluded from it.`, {
    retry: "later",
  });

export const UPLOAD_PATH = "/threat-intelligence-stix-objects:upload";
export const UPLOAD_VERSION = "2024-02-01-preview";
export const QUERY_PATH = "/threatIntelligence/main/query";
export const QUERY_VERSION = "2025-07-01-preview";
