import "server-only";

import type { PoolClient } from "pg";

import { recordScope } from "@/lib/domain/selection/policy";

import type { Surroundings } from "./compose-record";
import type { OpenPush } from "./push-lease";
import { readRecords, type BatchItem, type RecordRow } from "./read-batch";

/** The records of the items: those of other device groups are others. */
export const readRecordsOf = async (
  client: PoolClient,
  push: OpenPush,
  items: readonly BatchItem[],
  { deviceGroups }: Pick<Surroundings, "deviceGroups">,
): Promise<ReadonlyMap<string, RecordRow>> => {
  const idsByScope = new Map<string, string[]>();
  for (const item of items) {
    const scope = recordScope(item.deviceGroups ?? deviceGroups);
    const known = idsByScope.get(scope);
    if (known) known.push(item.indicatorId);
    else idsByScope.set(scope, [item.indicatorId]);
  }
  const records = new Map<string, RecordRow>();
  for (const [scope, ids] of idsByScope)
    for (const [id, record] of await readRecords(client, push, { scope, ids })) records.set(id, record);
  return records;
};
