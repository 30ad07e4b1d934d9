import { formatCount, formatNumber } from "@/components/ui/format-number";
import { actionWords } from "@/lib/domain/connector/actions";

import { SENTENCES } from "./sentences";

const MAX_CHARACTERS = 400;

/** What an entry says in a sentence, and the facts that the sentence does not say as one line. */
export const describeEntry = (action: string, detail: unknown): { sentence: string; facts: string } => {
  const facts = toRecord(detail);
  const template = SENTENCES[action] ?? `${sentenceCase(action.replaceAll(/[.-]/g, " "))}.`;
  const said = new Set<string>();
  const sentence = template
    .replaceAll(/\[([^\]]*)\]/g, (_, part: string) => (holdsAll(part, facts) ? part : ""))
    .replaceAll(FACT, (_, key: string, noun?: string, plural?: string) => {
      said.add(key);
      return sayFact(facts[key], noun, plural);
    });
  const rest = Object.entries(facts).filter(([key, value]) => !said.has(key) && isWorthSaying(key, value));
  return {
    sentence: tidy(sentence),
    facts: shorten(rest.map(([key, value]) => toFact(key, value)).join(" · ")),
  };
};

const FACT = /\{(\w+)(?:\|([^|}]+))?(?:\|([^}]+))?\}/g;

const toRecord = (detail: unknown): Readonly<Record<string, unknown>> =>
  typeof detail === "object" && detail !== null ? { ...detail } : {};

const holdsAll = (part: string, facts: Readonly<Record<string, unknown>>): boolean =>
  [...part.matchAll(FACT)].every(([, key = ""]) => !isEmpty(facts[key]) && facts[key] !== 0);

const sayFact = (value: unknown, noun?: string, plural?: string): string => {
  if (isEmpty(value)) return "";
  // Names of settings, as programs spell them.
  if (noun === undefined && Array.isArray(value)) return value.map((item) => spaced(toText(item))).join(", ");
  if (typeof value === "number")
    return noun === undefined ? formatNumber(value) : formatCount(value, noun, plural);
  return toText(value);
};

// A reason may bring its own full stop.
const tidy = (sentence: string): string =>
  sentence
    .replaceAll(/([.!?…])\.(?=\s|$)/g, "$1")
    .replaceAll(/\s+/g, " ")
    .trim();

/** What nobody reads: nothing, no, and names that only programs use. The export holds all. */
const isWorthSaying = (key: string, value: unknown): boolean =>
  !isEmpty(value) &&
  value !== false &&
  value !== 0 &&
  // A type of indicator is stored as a number.
  !(key === "type" && typeof value === "number") &&
  (SHOWN_IDS.has(key) || ![value].flat().every(isIdentifier));

const SHOWN_IDS: ReadonlySet<string> = new Set(["tenantId", "clientId", "workspaceId"]);
const isIdentifier = (value: unknown): boolean => typeof value === "string" && IDENTIFIER.test(value);
const IDENTIFIER = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|[\da-f]{64})$/;

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

const toFact = (key: string, value: unknown): string => {
  const name = spaced(key);
  return value === true ? name : `${name}: ${toText(value)}`;
};

/** `expiryDays` as two words. */
const spaced = (name: string): string =>
  /^[a-z]+(?:[A-Z][a-z\d]*)+$/.test(name)
    ? name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    : name;

const toText = (value: unknown): string => {
  if (typeof value === "string")
    return TIME.test(value) ? `${value.slice(0, 10)} ${value.slice(11, 16)} UTC` : actionWords(value);
  if (typeof value === "number") return formatNumber(value);
  if (value === null) return "none";
  if (Array.isArray(value)) return value.map((item) => toText(item)).join(", ");
  if (typeof value !== "object") return typeof value === "boolean" ? String(value) : "";
  return Object.entries(value)
    .filter(([, item]) => !isEmpty(item))
    .map(([key, item]) => toFact(key, item))
    .join(", ");
};

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

const shorten = (line: string): string =>
  line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
