import { JSON_FIELD_ROLES, type JsonFieldRole, type JsonSettings } from "@/lib/domain/feed/json-settings";
import type { Claim } from "@/lib/domain/indicator/claim";
import type { Candidate, ParsedRow, ParseSettings } from "@/lib/feeds/contract";
import { claimOf } from "@/lib/feeds/fields/claim";
import { candidateOf, exclusionOf, rejected, rejectedRow } from "@/lib/feeds/formats/candidate";
import { noteStronger } from "@/lib/feeds/formats/same-file";
import { readTyped } from "@/lib/feeds/formats/typed-value";
import { isRecord } from "@/lib/feeds/text/json";

import { evaluatorOf, type Evaluate } from "./evaluate";

/** The row of one item. `line` is its line or its number, `raw` its JSON. */
export type ReadItem = (line: number, raw: string, item: unknown) => ParsedRow;

/** Prepares the paths of a feed for reading many items. Throws an AppError for a path that does not compile. */
export const itemReader = (settings: Pick<ParseSettings, "json" | "exclusionRegex">): ReadItem => {
  const isExcluded = exclusionOf(settings.exclusionRegex);
  const valuesOf = evaluatorOf(settings.json.value);
  const textOf = fieldReader(settings.json.fields);
  return (line, raw, item) => {
    const found = tryEvaluate(valuesOf, item);
    if (!found.ok) {
      const reason = `The path “${settings.json.value}” does not fit the item: ${found.reason}`;
      return rejectedRow(line, raw, "malformed_row", reason);
    }
    const word = textOf(item, "type");
    let claim: Claim | null = null;
    const candidates: Candidate[] = [];
    for (const { text, isText } of textsOf(found.value)) {
      if (!isText) {
        candidates.push(rejected("not_an_indicator", noText(settings.json), text));
        continue;
      }
      claim ??= claimOf((role) => textOf(item, role));
      for (const find of readTyped(text, word)) candidates.push(candidateOf(find, claim, isExcluded));
    }
    if (candidates.length === 0) candidates.push(rejected("empty", noValue(settings.json), ""));
    return { line, raw: raw.slice(0, MAX_RAW_CHARS), candidates: noteStronger(candidates) };
  };
};

type FieldReader = (item: unknown, role: JsonFieldRole) => string;

// What a field says is never worth a row: a path that does not fit says nothing.
const fieldReader = (fields: JsonSettings["fields"]): FieldReader => {
  const paths = new Map<JsonFieldRole, Evaluate>();
  for (const role of JSON_FIELD_ROLES) {
    const path = fields[role];
    if (path !== undefined) paths.set(role, evaluatorOf(path));
  }
  return (item, role) => {
    const evaluate = paths.get(role);
    const found = evaluate && tryEvaluate(evaluate, item);
    return found?.ok === true
      ? textsOf(found.value)
          .filter(({ isText }) => isText)
          .map(({ text }) => text)
          .join(", ")
      : "";
  };
};

type Evaluated = { ok: true; value: unknown } | { ok: false; reason: string };

const tryEvaluate = (evaluate: Evaluate, item: unknown): Evaluated => {
  try {
    return { ok: true, value: evaluate(item) };
  } catch (error) {
    if (error instanceof Error) return { ok: false, reason: error.message.slice(0, MAX_REASON_CHARS) };
    throw error;
  }
};

type FoundText = { text: string; isText: boolean };

/** The texts in an answer: itself, or those of a list and of the lists in it. Nothing and blank texts are none. */
const textsOf = (value: unknown, depth = 0): readonly FoundText[] => {
  if (typeof value === "string") {
    const text = value.trim();
    return text === "" ? [] : [{ text, isText: true }];
  }
  if (typeof value === "number" || typeof value === "boolean") return [{ text: String(value), isText: true }];
  if (Array.isArray(value) && depth < MAX_DEPTH)
    return value.flatMap((element) => textsOf(element, depth + 1));
  return isRecord(value) || Array.isArray(value) ? [{ text: "", isText: false }] : [];
};

const noText = ({ value }: JsonSettings): string =>
  value === "@"
    ? "The item is an object: name the path to its value."
    : `At “${value}” stands an object: name the path to the text in it.`;

const noValue = ({ value }: JsonSettings): string =>
  value === "@" ? "The item is empty." : `The item has nothing at “${value}”.`;

const MAX_RAW_CHARS = 4_000;
const MAX_REASON_CHARS = 200;
const MAX_DEPTH = 5;
