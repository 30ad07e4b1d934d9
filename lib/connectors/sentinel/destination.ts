import { AppError } from "@/lib/domain/errors";

import type { ApiClient } from "../api-client";
import type { Destination, RemoteRecord } from "../contract";
import { createSentinelClient, type AzureNames } from "./client";
import { introduceToSentinel } from "./introduce";
import { SENTINEL_LIMITS } from "./limits";
import { toRemoteRecord, toStixId } from "./map";
import { pushToSentinel, withdrawFromSentinel } from "./push";
import { testSentinel } from "./test-connection";

export type SentinelOptions = {
  api: ApiClient;
  uploadUrl: string;
  managementUrl: string;
  clientId: string;
  workspaceId: string;
  /** Null: nothing can be read back. */
  names: AzureNames | null;
  /** Part of every record's identity there; never to be changed. */
  sourceSystem: string;
  now: () => Date;
};

/** A Sentinel workspace as a destination. Throws `invalid_input` for a source system that Sentinel would refuse. */
export const createSentinelDestination = (options: SentinelOptions): Destination => {
  const { api, clientId, workspaceId, names, sourceSystem, now } = options;
  assertSourceSystem(sourceSystem);
  const client = createSentinelClient(api, options);
  return {
    kind: "sentinel",
    limits: {
      maxPerPush: SENTINEL_LIMITS.upload.maxItems,
      maxPerWithdraw: SENTINEL_LIMITS.upload.maxItems,
      requestsAtOnce: SENTINEL_LIMITS.requestsAtOnce,
    },
    ownership: "shared",
    isReadable: names !== null,
    // Azure roles are on the workspace: whoever may query it is shown all of it.
    seesOthers: () => Promise.resolve(names !== null),
    push: (batch, signal, onSplit) => pushToSentinel(client, batch, { sourceSystem, now }, signal, onSplit),
    withdraw: async (batch, signal, onSplit) => {
      const there = await api.theirNow(signal);
      return withdrawFromSentinel(client, batch, { sourceSystem, now, there }, signal, onSplit);
    },
    theirNow: null,
    removalBy: () => ({ operation: "sentinel.upload", max: SENTINEL_LIMITS.upload.maxItems }),
    singly: null,
    introduce: (author, signal) => introduceToSentinel(client, author, now, signal),
    list: async function* (signal) {
      if (names === null) throw notReadable();
      for await (const page of client.queryPages(names, signal)) {
        yield page.map((item) => toRemoteRecord(item, sourceSystem));
      }
    },
    prevalence: null,
    find:
      names === null
        ? null
        : async (remoteIds, signal) => {
            const found: RemoteRecord[] = [];
            for (let at = 0; at < remoteIds.length; at += SENTINEL_LIMITS.query.maxItems) {
              const stixIds = remoteIds.slice(at, at + SENTINEL_LIMITS.query.maxItems).map(toStixId);
              for await (const page of client.queryIds(names, stixIds, signal))
                for (const item of page) found.push(toRemoteRecord(item, sourceSystem));
            }
            return found;
          },
    test: (signal) => testSentinel({ api, client, clientId, workspaceId, names }, signal),
  };
};

const assertSourceSystem = (sourceSystem: string): void => {
  const most = SENTINEL_LIMITS.characters.sourceSystem;
  const isReserved = sourceSystem.trim().toLowerCase() === "microsoft sentinel";
  if (sourceSystem.trim() !== "" && sourceSystem.length <= most && !isReserved) return;
  throw new AppError(
    "invalid_input",
    `The source system must have 1 to ${String(most)} characters and not be "Microsoft Sentinel".`,
  );
};

const notReadable = (): AppError =>
  new AppError(
    "invalid_input",
    "Sentinel cannot be read back without Azure names. Add subscription, resource group and workspace name to the connector.",
  );
