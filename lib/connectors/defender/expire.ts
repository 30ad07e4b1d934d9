import { recordScope } from "@/lib/domain/selection/policy";

import type { OnSplit, Receipt, WithdrawnRecord } from "../contract";
import { sendIsolating, tellById } from "../isolate";
import type { DefenderClient } from "./client";
import { DEFENDER_LIMITS } from "./limits";
import { listUntil } from "./list-until";
import { findNamedValue } from "./read-answer";
import { sendImport } from "./send-import";
import type { ExpiringItem, ListedIndicator } from "./wire";

/** The expiry must lie in the future: by Microsoft's clock, and by that of a machine of it that is some minutes ahead. */
const EXPIRES_AFTER_MS = 15 * 60_000;

type Options = {
  clientId: string;
  now: () => Date;
  /** What time it is there. */
  theirNow: (signal?: AbortSignal) => Promise<Date>;
  onSplit?: OnSplit | undefined;
};

/** Ends records that no deletion removed, by an update that lets them expire soon. One that is not listed is gone. Receipts in the order given. */
export const expireAtDefender = async (
  client: DefenderClient,
  batch: readonly WithdrawnRecord[],
  { clientId, now, theirNow, onSplit }: Options,
  signal?: AbortSignal,
): Promise<Receipt[]> => {
  const own: ListedIndicator[] = [];
  const see = (one: ListedIndicator): void => {
    if (one.createdBy?.toLowerCase() === clientId.toLowerCase()) own.push(one);
  };
  const find = (record: WithdrawnRecord): ListedIndicator | undefined =>
    own.find((one) => (record.remoteId === null ? isLost(one, record) : one.id === record.remoteId));
  // What is known by its id is looked for again before it counts as gone.
  const isEnough = (): boolean => batch.every((record) => record.remoteId !== null || find(record));
  await listUntil(client, { see, isEnough }, signal);
  const there = await theirNow(signal);
  const targets = batch.flatMap((record, place) => {
    const found = find(record);
    const { indicatorId } = record;
    return found ? [{ place, indicatorId, item: toExpiring(found, there) }] : [];
  });
  const outcomes = await sendIsolating(targets, {
    send: (part) =>
      sendImport(
        client,
        part.map(({ item }) => item),
        now,
        signal,
      ),
    findOffender: (part, failure) =>
      findNamedValue(
        part.map(({ item }) => item.indicatorValue),
        failure.message,
      ),
    maxRequests: DEFENDER_LIMITS.maxRequestsPerBatch,
    signal,
    onSplit: tellById(
      targets.map(({ indicatorId }) => indicatorId),
      onSplit,
    ),
  });
  const byPlace = new Map(targets.map(({ place }, index) => [place, outcomes[index]]));
  return batch.map(({ indicatorId, remoteId }, place) => ({
    indicatorId,
    outcome: byPlace.get(place) ?? { status: "accepted", remoteId },
  }));
};

/** Whether it is the record whose id was lost: one of the same value under other device groups is another. */
const isLost = (
  { externalId, rbacGroupNames }: ListedIndicator,
  { externalId: ours, deviceGroups }: WithdrawnRecord,
): boolean => externalId === ours && recordScope(rbacGroupNames ?? []) === recordScope(deviceGroups);

const toExpiring = (listed: ListedIndicator, now: Date): ExpiringItem => ({
  indicatorValue: listed.indicatorValue,
  indicatorType: listed.indicatorType,
  action: listed.action ?? "Audit",
  severity: listed.severity ?? "Informational",
  title: listed.title ?? listed.indicatorValue,
  description: listed.description ?? "Withdrawn.",
  expirationTime: new Date(now.getTime() + EXPIRES_AFTER_MS).toISOString(),
  externalId: listed.externalId ?? "",
  generateAlert: listed.action === "Audit",
  rbacGroupNames: listed.rbacGroupNames ?? [],
});
