import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { stixFormat } from "@/lib/feeds/formats/stix/parse";
import { isRecord, parseJson } from "@/lib/feeds/text/json";

import type { LocalFile, LocalFileRow } from "./contract";
import { once } from "./once";
import { toRow } from "./to-row";

type StixObject = Readonly<Record<string, unknown>>;

/** The objects of a STIX bundle, of an envelope, or of a bare list; null for a document that is none of them. */
export const objectsOfBundle = (text: string): readonly unknown[] | null => {
  const parsed = parseJson(text.trim());
  if (!parsed.ok) return null;
  const { value } = parsed;
  const objects = isRecord(value) ? value["objects"] : value;
  if (!Array.isArray(objects)) return null;
  const isNamed = isRecord(value) && value["type"] === "bundle";
  return isNamed || objects.some((one) => isRecord(one) && one["type"] === "indicator" && "pattern" in one)
    ? objects
    : null;
};

/** Reads the indicators of a bundle; `line` is an object's place in it, the first being 1. */
export const readBundle = async (objects: readonly unknown[], now: Date): Promise<LocalFile> => {
  // What others refer to comes first, as the parser wants it.
  const numbered = objects.map((object, index) => ({ object, number: index + 1 }));
  const others = numbered.filter(({ object }) => !isIndicator(object));
  const indicators = numbered.filter(({ object }) => isIndicator(object));
  const sent = [...others, ...indicators];
  const lines = new TextEncoder().encode(sent.map(({ object }) => JSON.stringify(object)).join("\n"));
  const rows: LocalFileRow[] = [];
  for await (const batch of stixFormat.parse(once(lines), { ...feedSettingsSchema.parse({}), now }))
    for (const { line, candidates } of batch) {
      const { object, number } = sent[line - 1] ?? { object: null, number: line };
      for (const candidate of candidates) rows.push(toRow(number, candidate, () => "", labelsOf(object)));
    }
  for (const { object, number } of indicators)
    if (isIndicator(object) && object["revoked"] === true)
      rows.push({ line: number, text: nameOf(object), reason: "Its source has revoked it." });
  rows.sort((one, other) => one.line - other.line);
  return { format: "stix", unit: "object", rows, notes: notesOf(others.map(({ object }) => object)) };
};

const isIndicator = (object: unknown): object is StixObject =>
  isRecord(object) && object["type"] === "indicator";

const nameOf = ({ name, pattern, id }: StixObject): string =>
  [name, pattern, id].find((text): text is string => typeof text === "string" && text !== "") ??
  "An indicator";

/** The labels of STIX 2.1 are tags to the letter. */
const labelsOf = (object: unknown): readonly string[] | undefined => {
  if (!isRecord(object) || object["spec_version"] !== "2.1" || !Array.isArray(object["labels"]))
    return undefined;
  const labels = object["labels"].filter((label): label is string => typeof label === "string");
  return [...new Set(labels.map((label) => label.trim()).filter((label) => label !== ""))];
};

const notesOf = (others: readonly unknown[]): readonly string[] => {
  const kinds = new Map<string, number>();
  for (const object of others) {
    const type =
      isRecord(object) && typeof object["type"] === "string" ? object["type"].slice(0, 60) : "no type";
    kinds.set(type, (kinds.get(type) ?? 0) + 1);
  }
  if (kinds.size === 0) return [];
  const list = [...kinds].map(([type, count]) => `${String(count)} of the type ${type}`).join(", ");
  return [`No indicators, so no rows: ${list}.`];
};
