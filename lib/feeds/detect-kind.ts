import type { FeedKind } from "@/lib/domain/feed/kinds";

import { guessTable } from "./formats/csv/guess-delimiter";
import { detectJson } from "./formats/json/detect";
import { splitLines } from "./text/lines";

/** What kind of source a beginning belongs to, and by what that was seen, as the end of "Looks like …". */
export type DetectedKind = { kind: FeedKind; because: string };

/**
 * Tells by the beginning of an answer what kind of feed it is one of; null for what says nothing of itself. The shapes are
 * those of MISP's feeds and `restSearch`, of TAXII 2.1 (its media type, discovery, collections and envelope) and of JSON.
 */
export const detectKind = (head: string, contentType: string | null): DetectedKind | null => {
  const text = head.replace(/^\uFEFF/, "").trim();
  if (text === "") return null;
  const type = contentType ?? "";
  if (/^application\/(?:taxii|stix)\+json/i.test(type))
    return { kind: "taxii", because: "the answer of a TAXII server" };
  if (isJson(text)) return SHAPES.find(([shape]) => shape.test(text))?.[1] ?? JSON_ANSWER;
  return detectList(text);
};

const UUID = String.raw`"[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}"`;

const SHAPES: readonly (readonly [RegExp, DetectedKind])[] = [
  [
    new RegExp(
      String.raw`^\{\s*${UUID}\s*:\s*\{\s*"(?:Orgc|Tag|info|date|analysis|threat_level_id|timestamp)"`,
      "i",
    ),
    { kind: "misp-feed", because: "the manifest.json of a MISP feed" },
  ],
  [/^\{\s*"Event"\s*:\s*\{/, { kind: "misp-feed", because: "one event of a MISP feed" }],
  [
    /^\{\s*"response"\s*:\s*(?:\{\s*"Attribute"|\[\s*\{\s*"Event")/,
    { kind: "misp-server", because: "the answer of a MISP server" },
  ],
  [
    /^\{(?=[\s\S]*"api_roots"\s*:\s*\[)(?=[\s\S]*"title"\s*:)/,
    { kind: "taxii", because: "the discovery of a TAXII server" },
  ],
  [
    /^\{\s*"collections"\s*:\s*\[[\s\S]*"can_read"\s*:/,
    { kind: "taxii", because: "the collections of a TAXII server" },
  ],
  [
    /^\{(?:\s*"(?:more|next)"\s*:[^,{[]+,)*\s*"objects"\s*:\s*\[\s*\{[\s\S]*"spec_version"\s*:/,
    { kind: "taxii", because: "the objects of a TAXII collection" },
  ],
];

const JSON_ANSWER: DetectedKind = { kind: "json", because: "JSON" };

// A list of defanged addresses begins with a bracket, too: only what goes on as JSON does is JSON.
const isJson = (text: string): boolean => /^[[{]/.test(text) && detectJson(text) !== null;

const detectList = (text: string): DetectedKind => {
  const lines = splitLines(text).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const { rows } = guessTable(lines, ["#"]);
  const widths = new Set(rows.map((row) => row.length));
  const [width = 0] = widths;
  if (rows.length < 2 || widths.size !== 1 || width < 3)
    return { kind: "freetext", because: "lines of text" };
  return { kind: "csv", because: `a table of ${String(width)} columns` };
};
