import type { Claim } from "@/lib/domain/indicator/claim";
import { joinThreatTypes } from "@/lib/domain/indicator/threat-types";
import { strictest, type Tlp } from "@/lib/domain/indicator/types";
import type { Origin } from "@/lib/feeds/contract";
import { present } from "@/lib/feeds/fields/claim";
import { parseDate } from "@/lib/feeds/fields/dates";
import { parseTags } from "@/lib/feeds/fields/words";
import { isRecord } from "@/lib/feeds/text/json";

import { strictestOf } from "./markings";

export type StixObject = Readonly<Record<string, unknown>>;

/** What other objects say of those that refer to them. */
export type StixContext = { names: Map<string, string>; markings: Map<string, Tlp> };

/** What an indicator says beside its pattern. */
export const readClaim = (object: StixObject, { markings }: StixContext): Claim => {
  const { tags, tlp: tlpOfLabels } = parseTags(tagsOf(object).join(","));
  const marked = strictestOf(markingsOf(object), markings);
  return present({
    confidence: confidenceOf(object),
    tlp: marked && tlpOfLabels ? strictest(marked, tlpOfLabels) : (marked ?? tlpOfLabels),
    tags: tags.length > 0 ? tags : undefined,
    comment: commentOf(object) || undefined,
    threatType: threatTypeOf(object) || undefined,
    firstSeen: dateOf(object, "valid_from"),
    lastSeen: undefined,
    validUntil: dateOf(object, "valid_until"),
  });
};

/** The id of the indicator, and who made it. */
export const originOf = (object: StixObject, { names }: StixContext): Origin => {
  const org = names.get(textOf(object, "created_by_ref"));
  return { id: textOf(object, "id"), ...(org !== undefined && { org }) };
};

/** What kind of activity the indicator is about; STIX 2.0 has these words among the labels. */
export const indicatorTypesOf = (object: StixObject): readonly string[] => {
  const types = listOf(object, "indicator_types");
  return types.length > 0 || !isOld(object)
    ? types
    : listOf(object, "labels").filter((label) => INDICATOR_TYPES.has(label));
};

export const confidenceOf = ({ confidence }: StixObject): number | undefined =>
  typeof confidence === "number" && confidence >= 0 && confidence <= 100 ? Math.round(confidence) : undefined;

export const dateOf = (object: StixObject, name: string): Date | undefined => parseDate(textOf(object, name));

export const textOf = (object: StixObject, name: string): string => {
  const value = object[name];
  return typeof value === "string" ? value.trim() : "";
};

const tagsOf = (object: StixObject): readonly string[] =>
  [
    ...listOf(object, "labels").filter((label) => !isOld(object) || !INDICATOR_TYPES.has(label)),
    ...phasesOf(object),
  ].map((label) => label.replace(SEPARATORS, " "));

/** When in an attack it is seen, which says nothing of what kind of threat it is. */
const phasesOf = ({ kill_chain_phases: phases }: StixObject): readonly string[] =>
  Array.isArray(phases)
    ? phases
        .filter(isRecord)
        .map((phase) => textOf(phase, "phase_name"))
        .filter((name) => name !== "")
        .map((name) => `kill-chain:${name}`)
    : [];

const markingsOf = (object: StixObject): readonly string[] => {
  const granular = object["granular_markings"];
  const parts = Array.isArray(granular) ? granular.filter(isRecord) : [];
  return [...listOf(object, "object_marking_refs"), ...parts.map((part) => textOf(part, "marking_ref"))];
};

/** Name and description, unless the name is nothing but the value over again. */
const commentOf = (object: StixObject): string => {
  const [name, description] = [textOf(object, "name"), textOf(object, "description")];
  const isTelling = name !== "" && !textOf(object, "pattern").includes(name) && !description.includes(name);
  const parts = [isTelling ? name : "", description].filter((part) => part !== "");
  return parts.join(": ").slice(0, MAX_COMMENT_CHARS);
};

const threatTypeOf = (object: StixObject): string =>
  joinThreatTypes(
    indicatorTypesOf(object).filter((type) => type !== "unknown"),
    MAX_WORDS_CHARS,
  );

const listOf = (object: StixObject, name: string): readonly string[] => {
  const value = object[name];
  return Array.isArray(value)
    ? value.filter((element): element is string => typeof element === "string")
    : [];
};

const isOld = (object: StixObject): boolean => !textOf(object, "spec_version").startsWith("2.1");

/** STIX 2.0, indicator-label-ov */
const INDICATOR_TYPES: ReadonlySet<string> = new Set([
  "anomalous-activity",
  "anonymization",
  "attribution",
  "benign",
  "compromised",
  "malicious-activity",
]);
// A label is one tag, whatever is in it.
const SEPARATORS = /[,;|]/g;
const MAX_COMMENT_CHARS = 2_000;
const MAX_WORDS_CHARS = 200;
