import "server-only";

import type { KnownCapacity } from "@/lib/connectors/contract";
import { standsByOthers } from "@/lib/domain/delivery/foreign";
import { isRefusedForGood } from "@/lib/domain/delivery/refusal";
import { stixId } from "@/lib/domain/indicator/identity";
import { indicatorTypeCode } from "@/lib/domain/indicator/types";
import { recordScope } from "@/lib/domain/selection/policy";

import type { KeptForeign } from "@/lib/services/reconcile/foreign-records";
import type { Batch } from "./prepare-batch";
import type { ReadyItem, SettledItem } from "./prepare-item";
import type { OpenPush } from "./push-lease";
import { refusedHash } from "@/lib/services/planning/refused-hash";
import type { Sent } from "./send-batch";

/** What is written down of one item that is done. */
export type Settlement = {
  indicatorId: string;
  recordId: string;
  state: "accepted" | "removed" | "failed" | "skipped";
  reason: string | null;
  /** This connector's claim: `put` as planned, `drop`, or left as it is. */
  claim: "put" | "drop" | null;
  /** What it means for the others' claims: their record was `written` for them, is `lost`, `ended` as they want it, or is untouched. */
  others: "written" | "lost" | "ended" | null;
  stixId: string;
  /** What was taken away and is still to be seen gone; null where there is nothing to look for. */
  awaitedId: string | null;
  /** What was taken away to be made anew, under another id or under other device groups: no receipt tells whether it went. */
  endedId: string | null;
  /** Somebody else ended the record: that is to be seen as well. */
  isLeft: boolean;
  /** Removed, it is added under other device groups: it is not done yet, and what was removed is not looked for. */
  moves: boolean;
  /** It was revoked, which is for good: if it comes back, it is another one. */
  isRevoked: boolean;
  /** The record as it stands now; null when nothing was written. */
  record: WrittenRecord | null;
  capacity: KnownCapacity | null;
  /** It turned out to be somebody else's; `foreign` where that is not kept yet. */
  isForeign: boolean;
  foreign: KeptForeign | null;
  /** Over what was refused for good; null: nothing was. */
  refusedHash: string | null;
  /** Nothing was sent, since the record stands with this content; null where that was not asked. */
  standsWith: Buffer | null;
  /** All connectors whose receipts change. */
  connectorIds: readonly string[];
};

type WrittenRecord = {
  state: "live" | "gone" | "orphaned";
  ownerConnectorId: string | null;
  remoteId: string | null;
  contentHash: Buffer | null;
  action: string | null;
  severity: string | null;
  expiresAt: Date | null;
  /** Of the version that was taken; null where none was made. */
  modifiedAt: Date | null;
};

const GONE: WrittenRecord = {
  state: "gone",
  ownerConnectorId: null,
  remoteId: null,
  contentHash: null,
  action: null,
  severity: null,
  expiresAt: null,
  modifiedAt: null,
};

/** What is known for certain after a batch was sent; items that stay open are left out. */
export const settleItems = (
  { ready, settled }: Batch,
  outcomes: ReadonlyMap<string, Sent>,
  push: Pick<OpenPush, "connectorId" | "destinationId">,
): Settlement[] => [
  ...settled.map((one) => settleWithoutRequest(one, push.connectorId)),
  ...ready.flatMap((one) => settleSent(one, outcomes.get(one.item.indicatorId), push)),
];

/** What has to be known of an item to say what a refusal of it means. */
export type Refusable = {
  item: Pick<ReadyItem["item"], "indicatorId" | "type" | "value" | "operation" | "moves" | "share">;
  record: Pick<ReadyItem["record"], "id" | "epoch">;
  otherClaims: readonly string[];
};

const base = (
  { item, record }: Pick<Refusable, "item" | "record">,
  connectorIds: readonly string[],
): Omit<Settlement, "state"> => ({
  indicatorId: item.indicatorId,
  recordId: record.id,
  reason: null,
  claim: null,
  others: null,
  stixId: stixId(item.type, item.value, record.epoch),
  awaitedId: null,
  endedId: null,
  isLeft: false,
  isRevoked: false,
  moves: item.moves,
  record: null,
  capacity: null,
  isForeign: false,
  foreign: null,
  refusedHash: null,
  standsWith: null,
  connectorIds,
});

const settleWithoutRequest = (one: SettledItem, connectorId: string): Settlement => {
  const settlement = base(one, [connectorId]);
  switch (one.kind) {
    case "skipped":
      // Nothing is left to remove: the addition follows.
      if (one.item.moves && one.item.overtaken === null) return { ...settlement, state: "removed" };
      return { ...settlement, state: "skipped", reason: one.reason };
    case "left":
      return { ...settlement, state: "removed", claim: "drop", isLeft: !one.item.moves };
    case "stands":
      return one.item.operation === "remove"
        ? { ...settlement, state: "removed", claim: "drop" }
        : { ...settlement, state: "accepted", claim: "put", standsWith: one.record.contentHash };
  }
};

const settleSent = (
  one: ReadyItem,
  sent: Sent | undefined,
  push: Pick<OpenPush, "connectorId" | "destinationId">,
): Settlement[] => {
  if (!sent || sent.status === "open") return [];
  if (sent.status === "rejected") return [settleRefused(one, sent, push)];
  const settlement = base(one, [push.connectorId, ...one.otherClaims]);
  const isRemoval = one.item.operation === "remove";
  if (sent.status === "accepted") {
    const ended = endedOf(one, sent);
    const isLast = isRemoval && !one.item.moves;
    return [
      {
        ...settlement,
        state: isRemoval ? "removed" : "accepted",
        reason: one.takenBack,
        claim: isRemoval ? "drop" : "put",
        others: one.otherClaims.length > 0 ? whatOthersGet(one) : null,
        awaitedId: isLast ? ended : null,
        endedId: isLast ? null : ended,
        isRevoked: one.put === null && one.withdraw?.revokes === true,
        record: toWritten(one, sent.remoteId),
      },
    ];
  }
  if (sent.status === "foreign") return [settleForeign(one, sent, settlement)];
  if (sent.isGone) return [settleGone(one, { ...sent, reason: NO_HEIR }, settlement)];
  return [{ ...settlement, state: "failed", reason: ORPHANED, record: { ...GONE, state: "orphaned" } }];
};

/** What is known for certain of an item that was refused. */
export const settleRefused = (
  one: Refusable,
  sent: Extract<Sent, { status: "rejected" }>,
  { connectorId, destinationId }: Pick<OpenPush, "connectorId" | "destinationId">,
): Settlement => {
  const { code, reason, capacity } = sent;
  const { share } = one.item;
  const settlement = { ...base(one, [connectorId, ...one.otherClaims]), capacity };
  if (sent.isGone) return settleGone(one, sent, settlement);
  const isForGood = share !== null && isRefusedForGood(code);
  return {
    ...settlement,
    state: "failed",
    reason,
    refusedHash: isForGood ? refusedHash(destinationId, share) : null,
  };
};

/** The old record is deleted and the new one was not taken: nothing stands there for anybody. */
const settleGone = (
  { item, otherClaims }: Refusable,
  { endedId, reason }: { endedId: string | null; reason: string },
  settlement: Omit<Settlement, "state">,
): Settlement => {
  const isRemoval = item.operation === "remove";
  const isLast = isRemoval && !item.moves;
  const gone = {
    ...settlement,
    claim: "drop",
    record: GONE,
    others: otherClaims.length > 0 ? "lost" : null,
    awaitedId: isLast ? endedId : null,
    endedId: isLast ? null : endedId,
  } as const;
  return isRemoval ? { ...gone, state: "removed" } : { ...gone, state: "failed", reason };
};

const whatOthersGet = ({ isEnd, put }: ReadyItem): Settlement["others"] => {
  if (isEnd) return "ended";
  return put === null ? "lost" : "written";
};

/** No claim stays on what somebody else made, whoever wrote over it. */
const settleForeign = (
  { item, record, put, otherClaims }: ReadyItem,
  { maker: { id: maker, name: makerName }, remoteId, isGone }: Extract<Sent, { status: "foreign" }>,
  settlement: Omit<Settlement, "state">,
): Settlement => {
  const { key, type, value } = item;
  const kept = put && {
    ...{ key, type: indicatorTypeCode(type), value, maker, makerName },
    ...{ scope: recordScope(put.record.deviceGroups), action: put.record.action },
  };
  return {
    ...settlement,
    state: "skipped",
    reason: standsByOthers({ maker, makerName }),
    claim: "drop",
    others: otherClaims.length > 0 ? "lost" : null,
    record: isGone || record.remoteId !== null ? GONE : null,
    isForeign: true,
    foreign: kept && remoteId !== null ? { ...kept, remoteId } : null,
  };
};

/** Where the service took the new record for the old one, that stands, and nothing is to be seen gone. */
const endedOf = (
  { put, record }: ReadyItem,
  { remoteId, endedId }: Extract<Sent, { status: "accepted" }>,
): string | null => (put !== null && endedId === (remoteId ?? record.remoteId) ? null : endedId);

const toWritten = (
  { put, withdraw, record, isApart }: ReadyItem,
  remoteId: string | null,
): WrittenRecord | null => {
  if (isApart) return null;
  if (put === null) return { ...GONE, modifiedAt: withdraw?.record.modifiedAt ?? null };
  // Made anew it is another record: where the answer names none, it is looked up when it is to go.
  return toLive(put, remoteId ?? (withdraw === null ? record.remoteId : null));
};

const ORPHANED =
  "The record was made by another team's application, which cannot sign in any more. An administrator sees whose on the page System and can have its credential renewed; then plan again.";
const NO_HEIR = "The application that was to make the record anew cannot sign in any more.";

const toLive = (
  { ownerAfter, record, hash }: NonNullable<ReadyItem["put"]>,
  remoteId: string | null,
): WrittenRecord => ({
  state: "live",
  ownerConnectorId: ownerAfter,
  remoteId,
  contentHash: hash,
  action: record.action,
  severity: record.severity,
  expiresAt: record.validUntil,
  modifiedAt: record.modifiedAt,
});
