import ipaddr from "ipaddr.js";

import { isAction, isSeverity } from "@/lib/domain/connector/actions";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import type { OutgoingRecord, RemoteRecord } from "../contract";
import { toPlainText } from "@/lib/domain/plain-text";
import { DEFENDER_LIMITS } from "./limits";
import { WIRE_TYPES, type ImportItem, type ListedIndicator } from "./wire";

/** The import item for a record, or null for a type that Defender does not know. `application` labels who sends. */
export const toImportItem = (record: OutgoingRecord, application: string): ImportItem | null => {
  if (!isWireType(record.type)) return null;
  const { characters } = DEFENDER_LIMITS;
  const value = toWireValue(record.type, record.value);
  return {
    indicatorValue: value,
    indicatorType: WIRE_TYPES[record.type],
    action: record.action,
    severity: record.severity,
    // Both are required, and an alert without words helps nobody.
    title: toPlainText(record.title, characters.title) || value.slice(0, characters.title),
    description: toPlainText(record.description, characters.description) || "No description.",
    expirationTime: record.validUntil.toISOString(),
    application: toPlainText(application, characters.application),
    externalId: record.externalId.slice(0, characters.externalId),
    // An Audit without an alert is refused; an Allowed never raises one.
    generateAlert: record.action === "Audit" || (record.action !== "Allowed" && record.generateAlert),
    rbacGroupNames: [...record.deviceGroups],
  };
};

/** A listed indicator in our words; `clientId` tells our own from those of others. */
export const toRemoteRecord = (listed: ListedIndicator, clientId: string): RemoteRecord => {
  const type = toType(listed.indicatorType, listed.indicatorValue);
  return {
    remoteId: listed.id,
    type,
    value: type === null ? listed.indicatorValue : fromWireValue(type, listed.indicatorValue),
    action: listed.action && isAction(listed.action) ? listed.action : null,
    severity: listed.severity && isSeverity(listed.severity) ? listed.severity : null,
    title: listed.title ?? null,
    description: listed.description ?? null,
    externalId: listed.externalId ?? null,
    stixId: null,
    createdBy: listed.createdBy ?? null,
    createdByName: listed.createdByDisplayName ?? null,
    isOurs: listed.createdBy?.toLowerCase() === clientId.toLowerCase(),
    deviceGroups: listed.rbacGroupNames ?? null,
    raisesAlert: listed.generateAlert ?? null,
    pattern: null,
    labels: [],
    tlp: null,
    tellsMarking: false,
    expiresAt: toDate(listed.expirationTime),
    madeAt: toDate(listed.creationTimeDateTimeUtc),
    updatedAt: toDate(listed.lastUpdateTime),
    updatedBy: listed.lastUpdatedBy ?? null,
    publishedAt: null,
    isRevoked: false,
  };
};

/** A value as Defender wants it: IPv6 with all eight groups, all else as it is. */
export const toWireValue = (type: IndicatorType, value: string): string =>
  type === "ipv6" && ipaddr.IPv6.isValid(value) ? ipaddr.IPv6.parse(value).toNormalizedString() : value;

/** A value that Defender gave back, in canonical form: it keeps the case in which it was first submitted. */
export const fromWireValue = (type: IndicatorType, value: string): string => {
  if (type === "ipv6") return ipaddr.IPv6.isValid(value) ? ipaddr.IPv6.parse(value).toRFC5952String() : value;
  return type === "url" ? value : value.toLowerCase();
};

const isWireType = (type: IndicatorType): type is keyof typeof WIRE_TYPES => Object.hasOwn(WIRE_TYPES, type);

const toType = (wireType: string, value: string): IndicatorType | null => {
  if (wireType === WIRE_TYPES.ipv4) return value.includes(":") ? "ipv6" : "ipv4";
  return TYPES.get(wireType) ?? null;
};

const toDate = (text: string | null | undefined): Date | null => {
  const at = Date.parse(text ?? "");
  return Number.isNaN(at) ? null : new Date(at);
};

const TYPES: ReadonlyMap<string, IndicatorType> = new Map([
  [WIRE_TYPES.domain, "domain"],
  [WIRE_TYPES.url, "url"],
  [WIRE_TYPES.md5, "md5"],
  [WIRE_TYPES.sha1, "sha1"],
  [WIRE_TYPES.sha256, "sha256"],
  [WIRE_TYPES["cert-sha1"], "cert-sha1"],
]);
