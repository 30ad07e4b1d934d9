import { hash } from "node:crypto";

/** What a change of would open a new interval, of a staged row. MD5, not hashtext: the same in every version of PostgreSQL. */
export const fingerprintOf = (row: string): string => `
  ('x' || left(md5(concat_ws(E'\\x1f', ${row}.confidence, ${row}.tlp, array_to_string(${row}.tags, E'\\x1e'), ${row}.comment,
    ${row}.threat_type, extract(epoch FROM ${row}.valid_until), ${row}.context::text)), 16))::bit(64)::bigint`;

export type FingerprintedRow = {
  confidence: number;
  tlp: number;
  tags: readonly string[];
  comment: string;
  threatType: string;
  validUntil: Date | null;
  /** As it is staged. */
  context: Readonly<Record<string, unknown>> | null;
};

/**
 * The same as `fingerprintOf`, in sixteen hexadecimal digits, of a row that need not be staged to be known. Should the two
 * ever differ for a row, it is staged and compared there: this saves work and decides nothing.
 */
export const fingerprint = (row: FingerprintedRow): string => {
  const { confidence, tlp, tags, comment, threatType, validUntil, context } = row;
  let text = `${String(confidence)}\u001f${String(tlp)}\u001f${tags.join("\u001e")}\u001f${comment}\u001f${threatType}`;
  if (validUntil !== null) text += `\u001f${epochText(validUntil)}`;
  if (context !== null) text += `\u001f${jsonbText(context)}`;
  // PostgreSQL's text holds no NUL, so COPY leaves it out.
  if (text.includes("\0")) text = text.replaceAll("\0", "");
  // Rows of one list often say the same beside their values.
  if (text !== last.text) last = { text, digits: hash("md5", text, "hex").slice(0, 16) };
  return last.digits;
};

let last = { text: "", digits: "" };

const epochText = (time: Date): string => {
  const ms = time.getTime();
  const seconds = Math.floor(ms / 1_000);
  return `${String(seconds)}.${String(ms - seconds * 1_000).padStart(3, "0")}000`;
};

/** A JSON value as PostgreSQL writes its jsonb: keys by length, then by bytes, and a space after colons and commas. */
const jsonbText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(jsonbText).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([one], [other]) => one.length - other.length || (one < other ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}: ${jsonbText(member)}`).join(", ")}}`;
};
