import type { Exclusion } from "@/lib/domain/feed/exclusion-settings";
import type { Candidate, ParseSettings } from "@/lib/feeds/contract";
import { candidateOf, rejected } from "@/lib/feeds/formats/candidate";
import { noteStronger } from "@/lib/feeds/formats/same-file";

import { parsePattern } from "./pattern";
import {
  confidenceOf,
  dateOf,
  indicatorTypesOf,
  originOf,
  readClaim,
  textOf,
  type StixContext,
  type StixObject,
} from "./read-claim";
import { readComparison } from "./read-comparison";

type Settings = Pick<ParseSettings, "taxii" | "now"> & { isExcluded: Exclusion };

/** The values of an indicator, or the one reason why none of them is taken. */
export const readIndicator = (
  object: StixObject,
  context: StixContext,
  { taxii, now, isExcluded }: Settings,
): readonly Candidate[] => {
  const pattern = textOf(object, "pattern");
  const unwanted = whyUnwanted(object, taxii.minConfidence, now);
  if (unwanted) return [rejected(unwanted.code, unwanted.reason, pattern)];
  const language = textOf(object, "pattern_type");
  if (language !== "" && language !== "stix")
    return [
      rejected(
        "unsupported_pattern",
        `It is a rule in the language “${language}”, no STIX pattern.`,
        pattern,
      ),
    ];
  if (pattern === "")
    return [rejected("malformed_row", "The indicator has no pattern.", textOf(object, "id"))];
  const read = parsePattern(pattern);
  if (!read.ok) return [rejected("unsupported_pattern", read.reason, pattern)];
  const claim = readClaim(object, context);
  const origin = originOf(object, context);
  const candidates = read.comparisons.flatMap(readComparison).map((find) => {
    const candidate = candidateOf(find, claim, isExcluded);
    return candidate.ok ? { ...candidate, origin } : candidate;
  });
  return noteStronger(candidates);
};

type Unwanted = { code: "ended" | "low_confidence" | "not_to_ids"; reason: string };

const whyUnwanted = (object: StixObject, minConfidence: number, now: Date): Unwanted | null => {
  const until = dateOf(object, "valid_until");
  if (until && until <= now)
    return { code: "ended", reason: `It was valid until ${until.toISOString().slice(0, 10)}.` };
  const confidence = confidenceOf(object);
  if (confidence !== undefined && confidence < minConfidence)
    return {
      code: "low_confidence",
      reason: `Its confidence is ${String(confidence)}, the feed asks for ${String(minConfidence)}.`,
    };
  const types = indicatorTypesOf(object);
  return types.length > 0 && types.every((type) => type === "benign")
    ? { code: "not_to_ids", reason: "Its source calls it benign: it is not meant for detection." }
    : null;
};
