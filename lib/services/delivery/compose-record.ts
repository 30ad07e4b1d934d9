import "server-only";

import type { OutgoingRecord, RecordTexts, WithdrawnRecord } from "@/lib/connectors/contract";
import type { MergedRecord } from "@/lib/domain/delivery/merge-claims";
import { recordTexts, traceLink, type TextLimits } from "@/lib/domain/delivery/record-texts";
import { stixId } from "@/lib/domain/indicator/identity";
import { tlpFromCode } from "@/lib/domain/indicator/types";

import type { BatchItem, RecordRow } from "./read-batch";

export type Surroundings = {
  appUrl: string;
  /** The installation's STIX identity. */
  createdByRef: string;
  deviceGroups: readonly string[];
  /** Of the destination. */
  textLimits: TextLimits;
  now: Date;
};

type Subject = Pick<BatchItem, "indicatorId" | "key" | "type" | "value" | "deviceGroups">;

/** One record as all its claims want it, ready for the destination. */
export const composeRecord = (
  item: Subject,
  record: RecordRow,
  merged: MergedRecord,
  surroundings: Surroundings,
): OutgoingRecord => {
  const texts = composeTexts(item, merged, surroundings);
  // One literal: putting objects together costs more than all that is in them.
  return {
    indicatorId: item.indicatorId,
    type: item.type,
    value: item.value,
    action: merged.action,
    severity: merged.severity,
    title: texts.title,
    description: texts.description,
    confidence: texts.confidence,
    tlp: texts.tlp,
    tags: texts.tags,
    teams: texts.teams,
    feeds: texts.feeds,
    threatTypes: texts.threatTypes,
    traceUrl: texts.traceUrl,
    validFrom: record.firstSentAt,
    validUntil: merged.expiresAt,
    createdAt: record.firstSentAt,
    modifiedAt: record.nextModifiedAt,
    externalId: item.key,
    stixId: stixId(item.type, item.value, record.epoch),
    deviceGroups: item.deviceGroups ?? surroundings.deviceGroups,
    generateAlert: merged.action !== "Allowed",
    createdByRef: surroundings.createdByRef,
  };
};

/** What ends a record. Without `merged` nothing of it may be read any longer. */
export const composeEnd = (
  item: BatchItem,
  record: RecordRow,
  merged: MergedRecord | null,
  { createdByRef, deviceGroups, now, ...surroundings }: Surroundings,
): WithdrawnRecord => ({
  indicatorId: item.indicatorId,
  type: item.type,
  value: item.value,
  externalId: item.key,
  stixId: item.shown?.stixId ?? stixId(item.type, item.value, record.epoch),
  createdByRef,
  createdAt: record.firstSentAt,
  modifiedAt: record.nextModifiedAt,
  validFrom: record.firstSentAt,
  deviceGroups: item.deviceGroups ?? deviceGroups,
  // What an unanswered request made has another id, if any: it is looked up. What is still shown has its own, and no other is meant.
  remoteId: item.shown?.remoteId ?? (item.isUnanswered ? null : record.remoteId),
  // What stands there may be dated ahead, by somebody's hand or a clock: then it is followed by a date, and ended now.
  endedAt: now < record.nextModifiedAt ? now : record.nextModifiedAt,
  attempt: item.attempt,
  texts: merged && composeTexts(item, merged, surroundings),
});

/** What people read of a record. */
export const composeTexts = (
  { key, type }: Pick<Subject, "key" | "type">,
  merged: MergedRecord,
  { appUrl, textLimits }: Pick<Surroundings, "appUrl" | "textLimits">,
): RecordTexts => {
  // Of no team: whoever reads it is in another one than its oldest claimant, as likely as not.
  const traceUrl = traceLink(appUrl, key);
  const { title, description } = recordTexts(type, merged, traceUrl, textLimits);
  return {
    title,
    description,
    confidence: merged.confidence,
    tlp: tlpFromCode(merged.tlp),
    tags: merged.tags,
    teams: merged.teams.map(({ name }) => name),
    feeds: merged.feeds,
    threatTypes: merged.threatTypes,
    traceUrl,
  };
};
