import { tlpOfMarking } from "@/lib/domain/indicator/tlp-markings";
import { strictest, type Tlp } from "@/lib/domain/indicator/types";

import type { OutgoingRecord, RecordTexts, RemoteRecord, WithdrawnRecord } from "../contract";
import { toPlainText } from "@/lib/domain/plain-text";
import { SENTINEL_LIMITS } from "./limits";
import { patternKey, readPattern, toPattern } from "./pattern";
import type { QueriedItem, StixIndicator } from "./stix";

/** The STIX object of a record. */
export const toStixIndicator = (record: OutgoingRecord): StixIndicator =>
  toObject(record, {
    // STIX wants `modified` never before `created`.
    modified: later(record.modifiedAt, record.createdAt),
    validFrom: record.validFrom,
    validUntil: record.validUntil,
    texts: record,
    revoked: undefined,
  });

/**
 * The object that ends a record: the same id, newer than what stands there, with `valid_until` at the end, after `valid_from`. Not `revoked`, which STIX makes
 * permanent: a value that comes back keeps its id. Only what did not end by that, twice, is revoked; its next one has another id.
 */
export const toEndedIndicator = (record: WithdrawnRecord): StixIndicator => {
  const end = record.endedAt;
  return toObject(record, {
    modified: later(record.modifiedAt, record.createdAt),
    validFrom: record.validFrom < end ? record.validFrom : new Date(end.getTime() - 1),
    validUntil: end,
    texts: record.texts,
    revoked: isRevocation(record) || undefined,
  });
};

/** Whether a record ends by a revocation: the last resort. */
export const isRevocation = ({ attempt }: Pick<WithdrawnRecord, "attempt">): boolean => attempt >= 2;

/** Sentinel's own name of an object: the same STIX id under another source system is another object. */
export const toRemoteId = (sourceSystem: string, stixId: string): string =>
  `${Buffer.from(sourceSystem, "utf8").toString("base64")}---${stixId}`;

/** The STIX id in Sentinel's name of an object. */
export const toStixId = (remoteId: string): string => remoteId.slice(remoteId.indexOf("---") + 3);

/** A queried object in our words. */
export const toRemoteRecord = ({ name, properties }: QueriedItem, sourceSystem: string): RemoteRecord => {
  const { source, data } = properties;
  const observed = data?.pattern ? readPattern(data.pattern) : null;
  return {
    remoteId: name,
    type: observed?.type ?? null,
    value: observed?.value ?? data?.pattern ?? "",
    action: null,
    severity: null,
    title: data?.name ?? null,
    description: data?.description ?? null,
    externalId: data?.external_references?.find(({ external_id }) => external_id)?.external_id ?? null,
    stixId: data?.id ?? name.split("---").at(1) ?? null,
    createdBy: source ?? null,
    createdByName: null,
    isOurs: source === sourceSystem,
    deviceGroups: null,
    raisesAlert: null,
    pattern: data?.pattern ? patternKey(data.pattern) : null,
    labels: data?.labels ?? [],
    tlp: readMarkings(data?.object_marking_refs ?? []),
    tellsMarking: Array.isArray(data?.object_marking_refs),
    expiresAt: toDate(data?.valid_until),
    madeAt: toDate(data?.created),
    updatedAt: toDate(data?.modified ?? properties.lastUpdatedDateTimeUtc),
    updatedBy: properties.lastModifiedBy,
    publishedAt: toDate(properties.lastIngestedTimeUtc),
    isRevoked: data?.revoked === true,
  };
};

type Identity = Pick<
  OutgoingRecord,
  "stixId" | "createdAt" | "createdByRef" | "type" | "value" | "externalId"
>;
type Rest = {
  modified: Date;
  validFrom: Date;
  validUntil: Date;
  /** Null where none of it may be read any longer. */
  texts: RecordTexts | null;
  revoked: true | undefined;
};

// What has no content is undefined, so that no JSON names it: Sentinel stores every property it gets. One literal, since putting
// objects together costs three times as much, and a push makes hundreds of thousands of these.
const toObject = (
  { stixId, createdAt, createdByRef, type, value, externalId }: Identity,
  { modified, validFrom, validUntil, texts, revoked }: Rest,
): StixIndicator => ({
  type: "indicator",
  spec_version: "2.1",
  id: stixId,
  created: createdAt.toISOString(),
  created_by_ref: createdByRef,
  pattern: toPattern(type, value),
  pattern_type: "stix",
  modified: modified.toISOString(),
  valid_from: validFrom.toISOString(),
  valid_until: validUntil.toISOString(),
  revoked,
  name: texts ? toText(texts.title, CHARACTERS.name) : undefined,
  description: texts ? toText(texts.description, CHARACTERS.description) : undefined,
  indicator_types: texts ? toTypes(texts) : undefined,
  confidence: texts ? Math.min(100, Math.max(0, Math.round(texts.confidence))) : undefined,
  labels: texts ? toLabels(texts) : undefined,
  object_marking_refs: texts ? [MARKINGS[texts.tlp]] : undefined,
  external_references: texts
    ? [{ source_name: "Sluice", url: texts.traceUrl, external_id: externalId }]
    : undefined,
});

const CHARACTERS = SENTINEL_LIMITS.characters;

const toText = (text: string, maxCharacters: number): string | undefined =>
  toPlainText(text, maxCharacters) || undefined;

const toTypes = ({ threatTypes }: RecordTexts): string[] | undefined =>
  unique(threatTypes.map((type) => toPlainText(type, CHARACTERS.label)));

const toLabels = ({ teams, feeds, tags }: RecordTexts): string[] | undefined =>
  unique(
    [...teams.map((team) => `team:${team}`), ...feeds.map((feed) => `feed:${feed}`), ...tags.map(asTag)].map(
      (label) => toPlainText(label, CHARACTERS.label),
    ),
  );

/** Queries and rules take what begins so for a team's or a feed's: a source's tag must not pass for either. */
const asTag = (tag: string): string => {
  const text = toPlainText(tag, Infinity);
  return /^(?:team|feed):/i.test(text) ? `tag:${text}` : text;
};

/** Each once, none of them empty; undefined where that leaves nothing. */
const unique = (texts: readonly string[]): string[] | undefined => {
  const left = [...new Set(texts)].filter((text) => text !== "");
  return left.length === 0 ? undefined : left;
};

const later = (one: Date, other: Date): Date => (one > other ? one : other);

/** What Sentinel itself adds is UTC and does not say so. */
const toDate = (text: string | null | undefined): Date | null => {
  const at = Date.parse(text && HAS_NO_ZONE.test(text) ? `${text}Z` : (text ?? ""));
  return Number.isNaN(at) ? null : new Date(at);
};

const HAS_NO_ZONE = /T[\d:.]+$/i;

// The marking ids of STIX. Sentinel knows those of TLP 1.0, so `clear` is its white and `amber+strict` its amber.
const AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
const MARKINGS: Readonly<Record<Tlp, string>> = {
  clear: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
  green: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
  amber: AMBER,
  "amber+strict": AMBER,
  red: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
};

/** The strictest of an object's markings. Our own amber may have been the stricter one, which has no id of its own there. */
const readMarkings = (references: readonly string[]): Tlp | null => {
  let found: Tlp | null = null;
  for (const reference of references) {
    const tlp = reference === AMBER ? "amber+strict" : tlpOfMarking(reference);
    if (tlp !== undefined) found = found === null ? tlp : strictest(found, tlp);
  }
  return found;
};
