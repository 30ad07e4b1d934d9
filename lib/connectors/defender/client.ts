import { PREVALENCE_DAYS, type Subject, type SubjectKind } from "@/lib/domain/delivery/prevalence";
import { AppError } from "@/lib/domain/errors";
import type { VendorAnswer } from "@/lib/http/vendor-fetch";

import type { ApiClient } from "../api-client";
import { toVendorFailure, type Remedies } from "../vendor-failure";
import { DEFENDER_LIMITS } from "./limits";
import { listAnswerSchema, type ExpiringItem, type ImportItem, type ListedIndicator } from "./wire";

export type DefenderClient = {
  /** Any status is an answer: a 400 is for the caller to take apart. */
  importItems: (items: readonly (ImportItem | ExpiringItem)[], signal?: AbortSignal) => Promise<VendorAnswer>;
  /** One item by itself, at a rate of its own. */
  submit: (item: ImportItem, signal?: AbortSignal) => Promise<VendorAnswer>;
  deleteBatch: (ids: readonly string[], signal?: AbortSignal) => Promise<VendorAnswer>;
  deleteOne: (id: string, signal?: AbortSignal) => Promise<VendorAnswer>;
  /** All visible indicators in pages; throws when a page fails, cannot be read or repeats what came before. */
  listPages: (signal?: AbortSignal) => AsyncIterable<readonly ListedIndicator[]>;
  listOne: (signal?: AbortSignal) => Promise<VendorAnswer>;
  /** What devices of the tenant saw of a domain, an address or a file. */
  statistics: (subject: Subject, signal?: AbortSignal) => Promise<VendorAnswer>;
  /** A page of the tenant's device groups, behind so many. */
  deviceGroups: (skip: number, signal?: AbortSignal) => Promise<VendorAnswer>;
};

export const DEFENDER_REMEDIES: Remedies = {
  service: "Defender",
  forbidden:
    "In Entra ID › App registrations › API permissions, add WindowsDefenderATP › Application permissions › Ti.ReadWrite, and have an administrator grant consent. It takes a few minutes to reach the token.",
  disabledFeature:
    "Turn the feature on in the Defender portal: Settings › Endpoints › Advanced features › Custom network indicators, and Allow or block file.",
  notFound: "Check the chosen cloud.",
};

/** Makes the HTTP side of Defender's indicator API; `baseUrl` is what stands before `/api`. */
export const createDefenderClient = (api: ApiClient, baseUrl: string, now: () => Date): DefenderClient => {
  const url = `${baseUrl}${INDICATORS_PATH}`;
  const getPage = (query: string, signal?: AbortSignal): Promise<VendorAnswer> =>
    api.call({ operation: "defender.list", method: "GET", url: `${url}?${query}`, signal });

  return {
    importItems: (items, signal) =>
      api.call({
        operation: "defender.import",
        method: "POST",
        effect: "write",
        url: `${url}/import`,
        json: { Indicators: items },
        signal,
      }),
    submit: (item, signal) =>
      api.call({ operation: "defender.submit", method: "POST", effect: "write", url, json: item, signal }),
    deleteOne: (id, signal) =>
      api.call({
        operation: "defender.delete",
        method: "DELETE",
        effect: "write",
        url: `${url}/${encodeURIComponent(id)}`,
        signal,
      }),
    deleteBatch: (ids, signal) =>
      api.call({
        operation: "defender.batchDelete",
        method: "POST",
        effect: "write",
        url: `${url}/BatchDelete`,
        json: { IndicatorIds: ids },
        signal,
      }),
    listOne: (signal) => getPage("$top=1", signal),
    statistics: ({ kind, name }, signal) =>
      api.call({
        operation: "defender.statistics",
        method: "GET",
        url: `${baseUrl}/api/${COLLECTIONS[kind]}/${encodeURIComponent(name)}/stats?lookBackHours=${String(PREVALENCE_DAYS * 24)}`,
        signal,
      }),
    deviceGroups: (skip, signal) =>
      api.call({
        operation: "defender.deviceGroups",
        method: "GET",
        url: `${baseUrl}/api/exposureScore/ByMachineGroups?$top=${String(DEFENDER_LIMITS.deviceGroups.maxItems)}&$skip=${String(skip)}`,
        signal,
      }),
    listPages: async function* (signal) {
      const seen = new Set<string>();
      const asked = new Set<string>();
      const pageSize = DEFENDER_LIMITS.list.maxItems;
      let query = `$top=${String(pageSize)}`;
      let overlap = 0;
      for (;;) {
        // A pager that stands still would otherwise run for ever, or pass a part for the whole.
        if (asked.has(query)) throw standsStill();
        asked.add(query);
        const answer = await getPage(query, signal);
        if (answer.status !== 200) throw toVendorFailure(answer, DEFENDER_REMEDIES, now());
        const { items, next } = readPage(answer);
        const fresh = items.filter(({ id }) => !seen.has(id));
        const again = items.length - fresh.length;
        if (overlap > 0 && again === 0) throw hasMoved();
        if (items.length > 0 && fresh.length === 0 && again > overlap) throw standsStill();
        for (const { id } of fresh) seen.add(id);
        yield fresh;
        if (next === null && fresh.length === 0) return;
        // A page may be shorter than was asked for and not be the last; only an empty one says so.
        overlap = next === null && items.length >= pageSize ? OVERLAP : 0;
        query = next ?? `$top=${String(pageSize)}&$skip=${String(seen.size - overlap)}`;
      }
    },
  };
};

const COLLECTIONS: Readonly<Record<SubjectKind, string>> = {
  domain: "domains",
  address: "ips",
  file: "files",
};

const readPage = (answer: VendorAnswer): { items: ListedIndicator[]; next: string | null } => {
  const parsed = listAnswerSchema.safeParse(answer.json);
  if (!parsed.success) {
    throw new AppError(
      "upstream_rejected",
      "Defender's list of indicators could not be read; nothing was concluded from it.",
      {
        retry: "later",
      },
    );
  }
  const link = parsed.data["@odata.nextLink"];
  // Only the query of the link is used: its host may be a regional name to which no token should go.
  const next = link && URL.canParse(link) ? new URL(link).search.slice(1) : "";
  return { items: parsed.data.value, next: next === "" ? null : next };
};

/** When others delete meanwhile, what follows moves up: a page begins with so many of the one before, so that no gap goes unseen. */
const OVERLAP = 500;

const hasMoved = (): AppError =>
  new AppError(
    "upstream_rejected",
    "Defender's list of indicators changed too much while it was read; nothing was concluded from it.",
    { retry: "later" },
  );

const standsStill = (): AppError =>
  new AppError(
    "upstream_rejected",
    "Defender's list of indicators repeats itself instead of ending; nothing was concluded from it.",
    {
      retry: "later",
    },
  );

/** Without a version the newest one answers. */
export const INDICATORS_PATH = "/api/indicators";
