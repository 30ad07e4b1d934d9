import "server-only";

import { setTimeout as sleep } from "node:timers/promises";

import type { RemoteRecord } from "@/lib/connectors/contract";

import type { Application } from "./applications";

/** Which of these records an application is shown, by a look of its own; where its list is all there is, one list answers for all that is asked. */
export type LookAgain = (
  application: Application,
  remoteIds: readonly string[],
) => Promise<readonly RemoteRecord[]>;

/**
 * A second look at what was not come upon in a list: one odd answer must not look like a removal. Where those that ended or were
 * revoked can be asked for, they say so themselves; else the list is read once more, for all of them. Nothing leaves before something
 * is asked.
 */
export const createSecondLook = (signal: AbortSignal): LookAgain => {
  const listed = new Map<Application, Promise<ReadonlyMap<string, RemoteRecord>>>();
  const listOnce = (application: Application): Promise<ReadonlyMap<string, RemoteRecord>> => {
    const list = listed.get(application) ?? listAgain(application, signal);
    listed.set(application, list);
    return list;
  };
  return async (application, remoteIds) => {
    if (remoteIds.length === 0) return [];
    const { destination, pacer } = application;
    if (destination.find === null) {
      const shown = await listOnce(application);
      return remoteIds.flatMap((remoteId) => shown.get(remoteId) ?? []);
    }
    await sleep(SECOND_LOOK_MS, undefined, { signal });
    const found = await destination.find(remoteIds, signal);
    await pacer.settle();
    return found;
  };
};

const listAgain = async (
  { destination, pacer }: Application,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RemoteRecord>> => {
  await sleep(SECOND_LOOK_MS, undefined, { signal });
  const shown = new Map<string, RemoteRecord>();
  for await (const page of destination.list(signal))
    for (const record of page) shown.set(record.remoteId, record);
  await pacer.settle();
  return shown;
};

const SECOND_LOOK_MS = 1_000;
