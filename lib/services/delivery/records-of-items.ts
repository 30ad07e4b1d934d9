import "server-only";

import type { PoolClient } from "pg";

import { recordScope } from "@/lib/domain/selection/policy";

import type { Surroundings } from "./compose-record";
import type { OpenPush } from "./push-lease";
import { newRecord, readRecords, writeRecords, type BatchItem, type RecordRow } from "./read-batch";

type RecordsOfItems = {
  records: ReadonlyMap<string, RecordRow>;
  /** The ids of those that were there before. */
  knownIds: readonly string[];
  /** Writes the others, which are sent for the first time. */
  writeNew: () => Promise<void>;
};

/** The records of the items: those of other device groups are others. */
export const readRecordsOf = async (
  client: PoolClient,
  push: OpenPush,
  items: readonly BatchItem[],
  { deviceGroups, now }: Pick<Surroundings, "deviceGroups" | "now">,
): Promise<RecordsOfItems> => {
  const idsByScope = new Map<string, string[]>();
  for (const item of items) {
    const scope = recordScope(item.deviceGroups ?? deviceGroups);
    const known = idsByScope.get(scope);
    if (known) known.push(item.indicatorId);
    else idsByScope.set(scope, [item.indicatorId]);
  }
  const records = new Map<string, RecordRow>();
  const knownIds: string[] = [];
  const newByScope: { scope: string; records: RecordRow[] }[] = [];
  for (const [scope, ids] of idsByScope) {
    const known = await readRecords(client, push, { scope, ids });
    const made = ids.filter((id) => !known.has(id)).map((id) => newRecord(id, now));
    for (const [id, record] of known) records.set(id, record);
    for (const record of known.values()) knownIds.push(record.id);
    for (const record of made) records.set(record.indicatorId, record);
    newByScope.push({ scope, records: made });
  }
  const writeNew = async (): Promise<void> => {
    for (const some of newByScope) await writeRecords(client, push, some);
  };
  return { records, knownIds, writeNew };
};
