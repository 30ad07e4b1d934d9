import type { Exclusion as Pattern } from "@/lib/domain/feed/exclusion-settings";
import type { Claim } from "@/lib/domain/indicator/claim";
import { normalise, type NormaliseResult } from "@/lib/domain/indicator/normalise";
import type { NormaliseMark } from "@/lib/domain/indicator/normalised";
import { quoted } from "@/lib/domain/indicator/problems";
import { INDICATOR_TYPE_LABELS } from "@/lib/domain/indicator/types";
import type { Candidate, Origin } from "@/lib/feeds/contract";
import { present } from "@/lib/feeds/fields/claim";
import { parseDate } from "@/lib/feeds/fields/dates";
import { candidateOf, rejected } from "@/lib/feeds/formats/candidate";

import type { MispRules } from "./filters";
import { readTagFacts, type TagFacts } from "./tags";
import { fitsFamily, meaningOfType, type MispMeaning } from "./type-map";
import type { MispAttribute, MispEvent } from "./wire";

type Options = { rules: MispRules; isExcluded: Pattern };
type Indicator = Extract<MispMeaning, { isIndicator: true }>;

/**
 * What an attribute stands for: an indicator, two of a pair, or a refusal with its reason. A revoked one stands for nothing
 * at all. The owner's filters are heard before the type, except `to_ids`, which says nothing of what is no indicator.
 */
export const readCandidates = (
  attribute: MispAttribute,
  event: MispEvent | null,
  { rules, isExcluded }: Options,
): readonly Candidate[] => {
  if (attribute.isDeleted) return [];
  const { type, value } = attribute;
  const meaning = meaningOfType(type, attribute.relation);
  const facts = readTagFacts(event?.tags ?? [], attribute.tags, event?.threatLevel ?? null);
  const exclusion = rules.ofAttribute(eventFacts(event, attribute), {
    type,
    category: attribute.category,
    tags: allTags(event, attribute),
    // Where `to_ids` is missing the type decides: all that we take are meant for detection by MISP's own defaults.
    isForDetection: attribute.isForDetection ?? meaning.isIndicator,
  });
  if (exclusion && (meaning.isIndicator || exclusion.code !== "not_to_ids"))
    return [rejected(exclusion.code, exclusion.reason, value)];
  if (!meaning.isIndicator) return [rejected("unsupported_type", meaning.reason, value)];
  if (facts.falsePositive !== null)
    return [
      rejected(
        "low_confidence",
        `Its source itself calls it a false positive (${facts.falsePositive}).`,
        value,
      ),
    ];
  const { parts, fileName, port } = split(value, meaning);
  const claim = claimOf(attribute, event, facts, fileName);
  const origin = originOf(attribute, event);
  return parts.map((part) => {
    const candidate = candidateOf(toFind(part, meaning, port), claim, isExcluded);
    return candidate.ok ? { ...candidate, origin } : candidate;
  });
};

// Without its event only the attribute's own time tells how old it is.
const eventFacts = (event: MispEvent | null, attribute: MispAttribute) => ({
  timestamp: event?.timestamp ?? attribute.timestamp,
  isPublished: event?.isPublished ?? null,
  org: event?.org ?? null,
});

const allTags = (event: MispEvent | null, { tags }: MispAttribute): readonly string[] =>
  [...(event?.tags ?? []), ...tags].map(({ name }) => name.trim());

type Cut = { parts: readonly string[]; fileName: string; port: string };

const split = (value: string, { shape }: Indicator): Cut => {
  const whole = { parts: [value], fileName: "", port: "" };
  if (!value.includes("|")) return whole;
  switch (shape) {
    case "whole":
    case "url":
      return whole;
    case "file-name|hash": {
      const at = value.lastIndexOf("|");
      return { ...whole, parts: [value.slice(at + 1)], fileName: value.slice(0, at).trim() };
    }
    case "host|port": {
      const at = value.indexOf("|");
      return { ...whole, parts: [value.slice(0, at)], port: value.slice(at + 1).trim() };
    }
    case "domain|ip": {
      const at = value.indexOf("|");
      return { ...whole, parts: [value.slice(0, at), value.slice(at + 1)] };
    }
  }
};

const toFind = (text: string, { family, hint, shape }: Indicator, port: string) => {
  const result = shape === "url" ? normaliseUrl(text) : normalise(text, { type: hint });
  const fitting = result.ok ? assertFamily(result, text, family) : result;
  if (!fitting.ok) return { ok: false as const, text, problem: fitting.problem };
  const number = PORT.test(port) ? Number(port) : 0;
  const hasPort = number > 0 && number <= MAX_PORT;
  return { ok: true as const, text, value: hasPort ? { ...fitting.value, port: number } : fitting.value };
};

/** MISP says that it is a URL: a bare host is one without its scheme. */
const normaliseUrl = (text: string): NormaliseResult => {
  const plain = normalise(text);
  if (!plain.ok || plain.value.type === "url" || !fitsFamily("host", plain.value.type)) return plain;
  const whole = normalise(`http://${text.trim()}`);
  return whole.ok ? { ok: true, value: { ...whole.value, marks: SCHEME_ADDED } } : plain;
};

const assertFamily = (
  result: Extract<NormaliseResult, { ok: true }>,
  text: string,
  family: Indicator["family"],
): NormaliseResult => {
  const { type } = result.value;
  if (fitsFamily(family, type)) return result;
  const message = `${quoted(text)} reads as ${INDICATOR_TYPE_LABELS[type]}, which its MISP type cannot be.`;
  return { ok: false, problem: { code: "type_mismatch", message } };
};

const claimOf = (
  { comment, firstSeen, lastSeen, timestamp, object }: MispAttribute,
  event: MispEvent | null,
  { names, tlp, confidence, threatType }: TagFacts,
  fileName: string,
): Claim => {
  const words = [comment, object?.comment, event?.info].find((text) => text?.trim());
  return present({
    confidence: confidence ?? undefined,
    tlp: tlp ?? undefined,
    tags: names.length > 0 ? names.slice(0, MAX_TAGS).map((name) => name.slice(0, MAX_TAG_CHARS)) : undefined,
    comment: commentOf(words?.trim() ?? "", fileName),
    threatType: threatType ?? undefined,
    firstSeen: parseDate(firstSeen) ?? parseDate(object?.firstSeen ?? ""),
    // MISP ages an attribute from its last sighting, else from its last change.
    lastSeen:
      parseDate(lastSeen) ??
      parseDate(object?.lastSeen ?? "") ??
      (timestamp === null ? undefined : parseDate(String(timestamp))),
    validUntil: undefined,
  });
};

const commentOf = (words: string, fileName: string): string | undefined => {
  if (fileName === "") return words.slice(0, MAX_COMMENT_CHARS) || undefined;
  const file = `File name: ${fileName.slice(0, MAX_FILE_CHARS)}`;
  return words === "" ? file : `${words.slice(0, MAX_COMMENT_CHARS - MAX_FILE_CHARS)} (${file})`;
};

const originOf = ({ uuid, relation }: MispAttribute, event: MispEvent | null): Origin => ({
  ...(event && event.uuid !== "" && { event: event.uuid }),
  ...(event && event.info !== "" && { info: event.info.slice(0, MAX_INFO_CHARS) }),
  ...(event?.org && event.org.name !== "" && { org: event.org.name }),
  ...(uuid !== "" && { id: uuid }),
  ...(relation !== "" && { relation }),
});

const SCHEME_ADDED: readonly NormaliseMark[] = ["scheme-added"];
const PORT = /^\d{1,5}$/;
const MAX_PORT = 65_535;
const MAX_TAGS = 50;
const MAX_TAG_CHARS = 100;
const MAX_COMMENT_CHARS = 2_000;
const MAX_FILE_CHARS = 300;
const MAX_INFO_CHARS = 500;
