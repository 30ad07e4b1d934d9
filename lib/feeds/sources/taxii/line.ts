import { isRecord } from "@/lib/feeds/text/json";

import { WANTED_TYPES } from "./pages";

/** An object of a collection, ready to stand in a body. */
export type Line = {
  id: string;
  isIndicator: boolean;
  /** When this version of it was made, in milliseconds. */
  version: number;
  /** A revoked object has no line; it only ends what stood there before. */
  text: string | null;
};

export type ReadLine = { ok: true; line: Line } | { ok: false; subject: string; message: string };

/**
 * What is kept of an object: the fields that are read, the id first. Null for a kind that is not kept. An object that
 * cannot be kept says why.
 */
export const toLine = (object: unknown): ReadLine | null => {
  if (!isRecord(object)) return { ok: false, subject: "an object", message: "It is no STIX object." };
  const { type, id } = object;
  if (!isWanted(type)) return null;
  if (typeof id !== "string" || !ID.test(id) || !id.startsWith(`${type}--`))
    return { ok: false, subject: String(id).slice(0, 100), message: `It is an ${type} without a proper id.` };
  const line = { id, isIndicator: type === "indicator", version: versionOf(object) };
  if (line.isIndicator && object["revoked"] === true) return { ok: true, line: { ...line, text: null } };
  const kept: Record<string, unknown> = { id, type };
  for (const field of FIELDS[type])
    if (object[field] !== undefined) kept[field] = shorten(field, object[field]);
  const text = JSON.stringify(kept);
  return text.length > MAX_CHARS
    ? { ok: false, subject: id, message: "It is longer than 1 MB and was left out." }
    : { ok: true, line: { ...line, text } };
};

/** The id of the object on a line of a body. */
export const idOfLine = (line: string): string => ID_OF_LINE.exec(line)?.[1] ?? "";

export const isIndicatorId = (id: string): boolean => id.startsWith("indicator--");

type Wanted = (typeof WANTED_TYPES)[number];
const isWanted = (type: unknown): type is Wanted => WANTED_TYPES.some((wanted) => wanted === type);

const versionOf = (object: Readonly<Record<string, unknown>>): number => {
  const moment = Date.parse(String(object["modified"] ?? object["created"]));
  return Number.isNaN(moment) ? 0 : moment;
};

const shorten = (field: string, value: unknown): unknown =>
  (field === "description" || field === "name") && typeof value === "string"
    ? value.slice(0, MAX_WORDS_CHARS)
    : value;

const FIELDS: Readonly<Record<Wanted, readonly string[]>> = {
  indicator: [
    "spec_version",
    "created_by_ref",
    "created",
    "modified",
    "name",
    "description",
    "indicator_types",
    "pattern",
    "pattern_type",
    "valid_from",
    "valid_until",
    "kill_chain_phases",
    "labels",
    "confidence",
    "object_marking_refs",
    "granular_markings",
  ],
  identity: ["modified", "name"],
  "marking-definition": ["name", "definition_type", "definition", "extensions"],
};
const ID = /^[a-z][\w-]*--[^\s"\\]{1,100}$/;
const ID_OF_LINE = /^\{"id":"([^"\\]+)"/;
const MAX_WORDS_CHARS = 2_000;
/** A reader of lines takes 1,048,576 at most. */
const MAX_CHARS = 1_000_000;
