import { parseText, type ParsedText } from "../indicator/extract";
import type { IndicatorType } from "../indicator/types";
import type { Report } from "./report";

/** Where a value stands in a report: the piece, the line in it, the way it was written there, and that line. */
type Mention = {
  part: string | null;
  line: number;
  original: string;
  context: string;
};

/** One value of a report, however often it is mentioned. */
export type ReportCandidate = {
  type: IndicatorType;
  value: string;
  port?: number;
  /** The first mention that is written defanged, else the first. */
  mention: Mention;
  mentions: number;
  /** The lines it stands in, each once, the first hundred. */
  contexts: readonly string[];
  /** Somebody broke it on purpose at least once: `evil[.]com`. */
  isDefanged: boolean;
};

/** What looked like a value and is none, with the reason. */
export type ReportRefusal = { part: string | null; line: number; original: string; reason: string };

type Gathered = {
  candidates: ReportCandidate[];
  /** The first thousand. */
  rejected: ReportRefusal[];
  /** All of them. */
  rejectedCount: number;
};

/** The values of a report, each once, in the order in which they are first mentioned. */
export const gatherCandidates = ({ parts, files }: Pick<Report, "parts" | "files">): Gathered => {
  const found = new Map<string, ReportCandidate & { contexts: string[] }>();
  const rejected: ReportRefusal[] = [];
  let rejectedCount = 0;
  for (const part of parts) {
    const parsed = parseText(part.text);
    for (const indicator of parsed.indicators) note(found, part.name, indicator);
    rejectedCount += parsed.rejected.length;
    for (const refusal of parsed.rejected.slice(0, MAX_REJECTED - rejected.length))
      rejected.push({ part: part.name, ...refusal });
  }
  // The hash of a file that came along is a value of the report; its name may hold anything.
  for (const { name, sha256 } of files)
    note(found, "Attachment", {
      type: "sha256",
      value: sha256,
      line: 1,
      original: sha256,
      context: name.slice(0, MAX_NAME_CHARS),
    });
  return { candidates: [...found.values()], rejected, rejectedCount };
};

/** Whether somebody broke a value on purpose, so that nobody follows it. */
const isDefanged = (original: string): boolean => DEFANGED.test(original);

const note = (
  found: Map<string, ReportCandidate & { contexts: string[] }>,
  part: string | null,
  { type, value, port, line, original, context }: ParsedText["indicators"][number],
): void => {
  const key = `${type}:${value}`;
  const isBroken = isDefanged(original);
  const mention = { part, line, original, context };
  const known = found.get(key);
  if (known === undefined) {
    const candidate = { type, value, mention, mentions: 1, contexts: [context], isDefanged: isBroken };
    found.set(key, port === undefined ? candidate : { ...candidate, port });
    return;
  }
  known.mentions += 1;
  if (known.contexts.length < MAX_CONTEXTS && !known.contexts.includes(context)) known.contexts.push(context);
  if (!isBroken || known.isDefanged) return;
  known.isDefanged = true;
  known.mention = mention;
};

const DEFANGED =
  /[([{]\s?(?:[.@:/]|dot|at|:\/\/)\s?[)\]}]|\\\.|^\W{0,3}(?:h[x*_]{2}ps?|h[tx*_]{2}ps?(?=\[)|f[x*]ps?|meow):?/i;
const MAX_CONTEXTS = 100;
const MAX_REJECTED = 1_000;
const MAX_NAME_CHARS = 300;
