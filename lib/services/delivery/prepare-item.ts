import "server-only";

import type { OutgoingRecord, WithdrawnRecord } from "@/lib/connectors/contract";
import { isRevocation } from "@/lib/connectors/sentinel/map";
import { decideStep, type Step } from "@/lib/domain/delivery/decide-step";
import { heldByOthers } from "@/lib/domain/delivery/foreign";
import { mergeClaims, type MergedRecord } from "@/lib/domain/delivery/merge-claims";
import { TLPS } from "@/lib/domain/indicator/types";

import { composeEnd, composeRecord, type Surroundings } from "./compose-record";
import { hashRecord, isComparable } from "./content-hash";
import type { OpenPush } from "./push-lease";
import type { BatchItem, RecordRow } from "./read-batch";
import type { TeamClaim } from "./team-claims";
import type { IsUnwanted } from "./unwanted-claims";

/** One item with all that is to be sent for it. */
export type ReadyItem = {
  item: BatchItem;
  record: RecordRow;
  /** Connectors besides this one that have a claim on the record. */
  otherClaims: readonly string[];
  /** `revokes`: what is ended so cannot come back as the same record. */
  withdraw: { by: string; record: WithdrawnRecord; revokes: boolean } | null;
  put: { by: string; ownerAfter: string; record: OutgoingRecord; hash: Buffer } | null;
  /** What ends is not the record that stands, but an older one beside it. */
  isApart: boolean;
  /** Claims that are left are of nobody who wants it any more: they end with the record. */
  isEnd: boolean;
  /** Why what was to be put there is taken back instead; null for any other. */
  takenBack: string | null;
};

/** An item that needs no request. */
export type SettledItem = { item: BatchItem; record: RecordRow } & (
  | { kind: "skipped" | "left"; reason: string }
  /** What should stand there already does, by an earlier answer. */
  | { kind: "stands" }
);

const RECALLED = "It was recalled while it was being sent, and taken back at once.";

const takenBackBecause = ({ reason, isRecalled }: NonNullable<BatchItem["overtaken"]>): string =>
  isRecalled ? RECALLED : `${reason} Its sending had begun: what may have arrived of it was taken back.`;

type Context = {
  push: OpenPush;
  ownership: "application" | "shared";
  surroundings: Surroundings;
  isSentAgain: boolean;
  /** The ceiling of the push's connector, by its place in TLPS. */
  maxTlp: number;
  isUnwanted: IsUnwanted;
};

/** Decides over all claims on a record what is to be sent for one item of a batch. */
export const prepareItem = (
  planned: BatchItem,
  record: RecordRow,
  allClaims: readonly TeamClaim[],
  { push, ownership, surroundings, isSentAgain, isUnwanted, maxTlp }: Context,
): ReadyItem | SettledItem => {
  // What may have been sent already must not be forgotten: it is sent again.
  if (planned.overtaken !== null && !isSentAgain)
    return { kind: "skipped", item: planned, record, reason: planned.overtaken.reason };
  const isStanding = record.state === "live" || record.state === "orphaned";
  const held = isStanding || planned.operation === "remove" ? null : planned.holder;
  if (held !== null && !isSentAgain)
    return { kind: "skipped", item: planned, record, reason: heldByOthers(held).reason };
  // Except where it must not stand there by now, or is somebody else's: then it is not put there once more, but looked for and taken back.
  const takenBack =
    planned.overtaken?.isEnded === true
      ? takenBackBecause(planned.overtaken)
      : held && heldByOthers(held).reason;
  const item: BatchItem =
    takenBack === null ? planned : { ...planned, operation: "remove", share: null, isUnanswered: true };
  const { connectorId } = push;
  // It must not be handed over to a connector that is to be rid of it as well and has only not planned yet.
  const claims =
    item.operation === "remove"
      ? allClaims.filter((claim) => !isUnwanted(claim.connectorId, item.indicatorId))
      : allClaims;
  if (
    item.shown?.isOverdue === true &&
    item.operation === "remove" &&
    allClaims.some((claim) => claim.connectorId !== connectorId)
  )
    return prepareShown(item, record, push, surroundings);
  const { ownerConnectorId, action, isElsewhere } = record;
  const step = decideStep({
    connectorId,
    maxTlp,
    operation: item.operation,
    share: item.share,
    record: { isStanding, ownerConnectorId, action, isElsewhere },
    isUnanswered: item.isUnanswered,
    claims,
    ownership,
  });
  const isClaimed = allClaims.some((claim) => claim.connectorId === connectorId);
  if (step.kind === "nothing")
    return { kind: isClaimed ? "left" : "skipped", item, record, reason: step.reason };
  const otherClaims = allClaims.map((claim) => claim.connectorId).filter((id) => id !== connectorId);
  const isMadeAnew = step.kind === "put" && (step.withdrawBy !== null || !isStanding);
  // What somebody else holds beside ours would be written over by what is made anew.
  const inTheWay = isMadeAnew && item.holder !== null ? heldByOthers(item.holder) : null;
  if (inTheWay && item.operation !== "remove")
    return { kind: "skipped", item, record, reason: inTheWay.reason };
  const compose = (merged: MergedRecord) => composeRecord(item, record, merged, surroundings);
  const put = step.kind === "put" && !inTheWay ? composePut(push.kind, step, compose) : null;
  const end = findEnd(item, record, step, { connectorId, ownership });
  if (put === null && end === null)
    return { kind: isClaimed ? "left" : "skipped", item, record, reason: inTheWay?.reason ?? "" };
  if (
    put &&
    end === null &&
    !item.isUnanswered &&
    record.state === "live" &&
    isAsItStands(put.hash, record.contentHash, () => {
      const before = mergeSent(allClaims);
      return before && hashRecord(push.kind, compose(before));
    })
  )
    return { kind: "stands", item, record };
  // What a TLP above the ceiling forbids must not be readable in the closing entry either, nor what must not go any more.
  const merged = item.code === "tlp-ceiling" || takenBack !== null ? null : mergeFor(end?.by, claims);
  const withdraw =
    end === null
      ? null
      : {
          by: end.by,
          record: composeEnd({ ...item, shown: end.shown }, record, merged, surroundings),
          revokes: push.kind === "sentinel" && isRevocation(item),
        };
  return { item, record, otherClaims, withdraw, put, isApart: false, isEnd: step.kind === "end", takenBack };
};

type End = { by: string; shown: BatchItem["shown"] };

/**
 * What is taken away first, and by whom. What was removed and may still be shown was made by our own application; it must not stay
 * beside what others have there by now.
 */
const findEnd = (
  { shown }: BatchItem,
  record: RecordRow,
  step: Exclude<Step, { kind: "nothing" }>,
  { connectorId, ownership }: { connectorId: string; ownership: "application" | "shared" },
): End | null => {
  const usual = step.withdrawBy === null ? null : { by: step.withdrawBy, shown };
  if (!shown || ownership === "shared") return usual;
  const isBeside = record.state === "live" && record.remoteId !== shown.remoteId;
  if (!isBeside) return usual && { by: connectorId, shown };
  // Theirs has to be made anew for another reason: that comes first.
  const isMadeAnew = step.kind === "put" && (step.merged.action !== record.action || record.isElsewhere);
  if (isMadeAnew) return usual && { ...usual, shown: null };
  return { by: connectorId, shown };
};

/**
 * A removal that did nothing, of what others have there by now: where theirs is the very record that is shown, nothing of ours is left;
 * else ours stands beside it, and is ended alone.
 */
const prepareShown = (
  item: BatchItem,
  record: RecordRow,
  { connectorId, kind }: OpenPush,
  surroundings: Surroundings,
): ReadyItem | SettledItem => {
  if (item.shown?.remoteId === record.remoteId) return { kind: "stands", item, record };
  const ended = composeEnd(item, record, null, surroundings);
  const withdraw = { by: connectorId, record: ended, revokes: kind === "sentinel" && isRevocation(item) };
  return { item, record, otherClaims: [], withdraw, put: null, isApart: true, isEnd: false, takenBack: null };
};

const composePut = (
  kind: OpenPush["kind"],
  { pushBy, ownerAfter, merged }: Extract<Step, { kind: "put" }>,
  compose: (merged: MergedRecord) => OutgoingRecord,
): NonNullable<ReadyItem["put"]> => {
  const outgoing = compose(merged);
  return { by: pushBy, ownerAfter, record: outgoing, hash: hashRecord(kind, outgoing) };
};

/**
 * Whether the destination would get what it has. What was sent by rules of before is told by its claims: they say what was sent then, and
 * worded as today both differ by what changed alone. What drifted there has no hash.
 */
const isAsItStands = (wanted: Buffer, stored: Buffer | null, byClaims: () => Buffer | null): boolean => {
  if (stored === null) return false;
  return (isComparable(stored) ? stored : byClaims())?.equals(wanted) ?? false;
};

/** What may be read where that connector's application writes; null where it has no claim, so that nobody knows what it lets out. */
const mergeFor = (connectorId: string | undefined, claims: readonly TeamClaim[]): MergedRecord | null => {
  const [oldest, ...others] = claims;
  const by = claims.find((claim) => claim.connectorId === connectorId);
  return oldest && by ? mergeClaims([oldest.share, ...others.map(({ share }) => share)], by.maxTlp) : null;
};

/** What stands there by what was sent of each, whoever of them wrote it. */
const mergeSent = ([oldest, ...others]: readonly TeamClaim[]): MergedRecord | null =>
  oldest ? mergeClaims([oldest.sent, ...others.map(({ sent }) => sent)], ANY_TLP) : null;

const ANY_TLP = TLPS.length;
