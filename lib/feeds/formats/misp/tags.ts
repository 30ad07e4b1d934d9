import { joinThreatTypes } from "@/lib/domain/indicator/threat-types";
import { parseTlp, strictest, type Tlp } from "@/lib/domain/indicator/types";

import type { MispTag } from "./wire";

/** What tags say; those that only say a marking are not among `names`. */
export type TagFacts = {
  names: readonly string[];
  tlp: Tlp | null;
  confidence: number | null;
  threatType: string | null;
  /** The tag by which the source itself calls it a false positive. */
  falsePositive: string | null;
};

/**
 * Reads the tags of an event and of one of its attributes. Of several markings the strictest holds; one that TLP does not
 * know (`tlp:unclear`) counts as amber. An attribute's own word on confidence goes before its event's.
 */
export const readTagFacts = (
  ofEvent: readonly MispTag[],
  ofAttribute: readonly MispTag[],
  threatLevel: number | null,
): TagFacts => {
  const own = ofAttribute.filter(({ isInherited }) => !isInherited).map(({ name }) => name.trim());
  const inherited = [...ofEvent, ...ofAttribute.filter(({ isInherited }) => isInherited)].map(({ name }) =>
    name.trim(),
  );
  const all = [...new Set([...own, ...inherited])].filter((name) => name !== "");
  return {
    names: withThreatLevel(
      all.filter((name) => !TLP.test(name)),
      threatLevel,
    ),
    tlp: tlpOf(all),
    confidence: confidenceOf(own) ?? confidenceOf(inherited),
    threatType: threatTypeOf(own) ?? threatTypeOf(inherited),
    falsePositive: all.find((name) => FALSE_POSITIVES.has(name.toLowerCase())) ?? null,
  };
};

const tlpOf = (names: readonly string[]): Tlp | null => {
  let strict: Tlp | null = null;
  for (const name of names) {
    if (!TLP.test(name)) continue;
    const tlp = parseTlp(name) ?? "amber";
    strict = strict === null ? tlp : strictest(strict, tlp);
  }
  return strict;
};

/** The word of MISP's own taxonomy, else of the one that follows; of the two halves of an admiralty code the lower. */
const confidenceOf = (names: readonly string[]): number | null => {
  const tags = names.map((name) => MACHINE_TAG.exec(name.toLowerCase()));
  for (const predicates of SCALES) {
    const found = tags.flatMap((tag) => {
      const value = predicates[tag?.[1] ?? ""]?.(tag?.[2] ?? "");
      return value === undefined ? [] : [value];
    });
    if (found.length > 0) return Math.min(...found);
  }
  return null;
};

const threatTypeOf = (names: readonly string[]): string | null =>
  joinThreatTypes(
    names.map((name) => THREAT_TYPE.exec(name)?.[1] ?? ""),
    MAX_THREAT_CHARS,
  ) || null;

/** MISP's threat level is a number of the event; as its taxonomy's tag it stays with the indicator. */
const withThreatLevel = (names: readonly string[], level: number | null): readonly string[] => {
  const tag = level === null ? undefined : THREAT_LEVELS.get(level);
  return tag === undefined || names.some((name) => name.startsWith("misp:threat-level"))
    ? names
    : [...names, tag];
};

type Scale = Readonly<Record<string, (value: string) => number | undefined>>;
const scale = (entries: Readonly<Record<string, number>>) => {
  const map = new Map(Object.entries(entries));
  return (value: string): number | undefined => map.get(value);
};

const SCALES: readonly Scale[] = [
  {
    "misp:confidence-level": scale({
      "completely-confident": 100,
      "usually-confident": 75,
      "fairly-confident": 50,
      "rarely-confident": 25,
      unconfident: 0,
      "confidence-cannot-be-evaluated": 50,
      // As misp2sentinel misspells it.
      "confidence-cannot-be-evalued": 50,
    }),
  },
  {
    "estimative-language:confidence-in-analytic-judgment": scale({ low: 15, moderate: 50, high: 85 }),
  },
  { "osint:certainty": (value) => (/^\d{1,3}$/.test(value) ? Math.min(Number(value), 100) : undefined) },
  {
    "admiralty-scale:source-reliability": scale({ a: 100, b: 75, c: 50, d: 25, e: 0, f: 50, g: 0 }),
    "admiralty-scale:information-credibility": scale({ 1: 100, 2: 75, 3: 50, 4: 25, 5: 0, 6: 50 }),
  },
];

const FALSE_POSITIVES: ReadonlySet<string> = new Set([
  'false-positive:risk="high"',
  'false-positive:confirmed="true"',
]);
const THREAT_LEVELS: ReadonlyMap<number, string> = new Map([
  [1, 'misp:threat-level="high-risk"'],
  [2, 'misp:threat-level="medium-risk"'],
  [3, 'misp:threat-level="low-risk"'],
]);
const TLP = /^tlp:/i;
const MACHINE_TAG = /^([^=]+)="?([^"]*)"?$/;
const THREAT_TYPE = /^sentinel-threattype:(.+)$/i;
const MAX_THREAT_CHARS = 200;
