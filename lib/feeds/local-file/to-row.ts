import { ACTIONS, SEVERITIES, type Action, type Severity } from "@/lib/domain/connector/actions";
import { parseTlp } from "@/lib/domain/indicator/types";
import type { Candidate } from "@/lib/feeds/contract";

import type { LocalFileItem, LocalFileRow } from "./contract";
import type { Role } from "./names";

/** What a row's fields say, as text; "" for a field that it does not have. */
export type Fields = (role: Role) => string;

/**
 * The row that a candidate of a file becomes. Unlike a feed's, a field that cannot be read refuses its row: a person who writes
 * an end that nobody understands must not get an indicator without one.
 */
export const toRow = (
  line: number,
  candidate: Candidate,
  fields: Fields,
  tags: readonly string[] | undefined,
): LocalFileRow => {
  if (!candidate.ok) return { line, text: candidate.text, reason: candidate.reason };
  const { value, port } = candidate;
  // What says a TLP was read as one.
  const said = (tags ?? candidate.tags ?? []).filter((tag) => !TLP_TAG.test(tag));
  const text = fields("value") || value;
  const reason = stateReason(fields("state")) ?? unreadable(candidate, fields);
  if (reason !== null) return { line, text, reason };
  const action = actionOf(fields("action"));
  const severity = severityOf(fields("severity"));
  const item: LocalFileItem = {
    ...(port === undefined ? { value, type: candidate.type } : { value: withPort(value, port) }),
    ...(candidate.comment !== undefined && { comment: unescapeFormula(candidate.comment) }),
    ...(candidate.confidence !== undefined && { confidence: candidate.confidence }),
    ...(candidate.tlp !== undefined && { tlp: candidate.tlp }),
    ...(said.length > 0 && { tags: said }),
    ...(candidate.validUntil !== undefined && { validUntil: candidate.validUntil.toISOString() }),
    ...(action !== undefined && { action }),
    ...(severity !== undefined && { severity }),
  };
  return { line, text, item };
};

/** What our CSV puts before a cell that a spreadsheet would take for a formula. */
export const unescapeFormula = (cell: string): string => (ESCAPED_FORMULA.test(cell) ? cell.slice(1) : cell);

const withPort = (value: string, port: number): string =>
  value.includes(":") ? `[${value}]:${String(port)}` : `${value}:${String(port)}`;

// Adding a value again lifts what took it out: a file of yesterday must not do that by the way.
const stateReason = (state: string): string | null =>
  GONE.has(state.toLowerCase())
    ? `It was ${state.toLowerCase()} when the file was written. To bring it back, add it by itself.`
    : null;

const unreadable = (candidate: Extract<Candidate, { ok: true }>, fields: Fields): string | null => {
  const [confidence, tlp, until] = [fields("confidence"), fields("tlp"), fields("validUntil")];
  const [action, severity] = [fields("action"), fields("severity")];
  if (confidence !== "" && candidate.confidence === undefined)
    return `“${brief(confidence)}” is no confidence: give a number from 0 to 100.`;
  if (tlp !== "" && parseTlp(tlp) === null)
    return `“${brief(tlp)}” is no TLP: give clear, green, amber, amber+strict or red.`;
  if (until !== "" && candidate.validUntil === undefined)
    return `“${brief(until)}” is no date: write it as 2027-02-27 or 2027-02-27T12:00:00Z.`;
  if (action !== "" && actionOf(action) === undefined)
    return `“${brief(action)}” is no action: give ${ACTIONS.join(", ")}.`;
  if (severity !== "" && severityOf(severity) === undefined)
    return `“${brief(severity)}” is no severity: give ${SEVERITIES.join(", ")}.`;
  return null;
};

const actionOf = (text: string): Action | undefined => {
  const word = text.toLowerCase().replaceAll(NOT_A_LETTER, "");
  return ACTIONS.find((action) => action.toLowerCase() === (ALIASES.get(word) ?? word));
};

const severityOf = (text: string): Severity | undefined =>
  SEVERITIES.find((severity) => severity.toLowerCase() === text.toLowerCase());

const brief = (text: string): string => text.slice(0, MAX_QUOTED_CHARS);

const GONE: ReadonlySet<string> = new Set(["withdrawn", "expired", "recalled"]);
/** Names that Defender had before, and those of its portal. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ["allow", "allowed"],
  ["alert", "audit"],
  ["alertandblock", "block"],
]);
const TLP_TAG = /^tlp:/i;
const NOT_A_LETTER = /[^a-z]/g;
const ESCAPED_FORMULA = /^'[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;
const MAX_QUOTED_CHARS = 60;
