import "server-only";

import { describeRewriting } from "@/lib/domain/indicator/explain-spelling";
import { parseText } from "@/lib/domain/indicator/extract";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import { describeMark } from "@/lib/domain/screening/mark";

import { judgeValues, knownFrom, overrules } from "./judge-values";

/** What would become of one text of a pasted box or a file; `note` says why, where it is not simply new. */
export type CheckedText = { line: number; original: string } & (
  | {
      /** `withdrawn`: a person of the team withdrew it, and adding it lifts that. */
      verdict: "new" | "known" | "duplicate" | "allowlisted" | "withdrawn";
      type: IndicatorType;
      value: string;
      note: string | null;
    }
  | { verdict: "rejected"; type: null; value: null; note: string }
);

type Found = { line: number; original: string; type: IndicatorType; value: string };
type Refused = { line: number; original: string; reason: string };

/** Says for each value of a pasted text what adding it would do to the team's set. It stores nothing. */
export const checkText = (teamId: string, text: string): Promise<CheckedText[]> => {
  const { indicators, rejected } = parseText(text);
  return checkValues(teamId, indicators, rejected);
};

/** The same of values that were read already; both lists come back as one, in the order of the lines. */
export const checkValues = async (
  teamId: string,
  found: readonly Found[],
  rejected: readonly Refused[],
): Promise<CheckedText[]> => {
  const judge = await judgeValues(teamId, found);
  const seen = new Map<string, number>();
  const checked = found.map(({ line, original, type, value }): CheckedText => {
    const key = `${type}:${value}`;
    const earlier = seen.get(key);
    if (earlier === undefined) seen.set(key, line);
    const common = { line, original, type, value };
    if (earlier !== undefined)
      return { ...common, verdict: "duplicate", note: `The same value stands on line ${String(earlier)}.` };
    const { mark, feeds, withdrawn } = judge({ type, value });
    const caution = mark && describeMark(mark);
    if (mark?.effect === "stop") return { ...common, verdict: "allowlisted", note: caution };
    if (withdrawn) return { ...common, verdict: "withdrawn", note: overrules(withdrawn) };
    if (feeds) return { ...common, verdict: "known", note: knownFrom(feeds) };
    return { ...common, verdict: "new", note: caution ?? describeRewriting(original, { type, value }) };
  });
  const refused = rejected.map(({ line, original, reason }): CheckedText => {
    return { line, original, verdict: "rejected", type: null, value: null, note: reason };
  });
  return [...checked, ...refused].sort((one, other) => one.line - other.line);
};
