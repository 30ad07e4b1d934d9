import {
  ACTION_LABELS,
  higherSeverity,
  stricterAction,
  type Action,
  type Severity,
} from "@/lib/domain/connector/actions";
import { toPlainText } from "@/lib/domain/plain-text";
import type { Words } from "@/lib/domain/selection/share";
import { utcMinute } from "@/lib/domain/utc";

import type { DriftField } from "./drift";
import type { TextLimits } from "./record-texts";
import { listNames, type Wish } from "./standing";

/** What somebody adopts of how a record stands at its destination; null of these: as it was. */
export type Adoption = Words & { action: Action | null; severity: Severity | null; expiresAt: Date | null };

/** Why something that was changed there cannot become the team's wish, in a sentence; null where all of it can. */
export const findUnadoptable = (changes: readonly DriftField[]): string | null => {
  const reasons = changes.flatMap((change) => UNADOPTABLE[change] ?? []);
  return reasons.length === 0 ? null : reasons.join(" ");
};

const UNADOPTABLE: Partial<Record<DriftField, string>> = {
  deviceGroups:
    "It was put under other device groups, which are part of what a record is: put it right, and change the groups in the connector’s settings or rules if they are wanted.",
  alert:
    "Whether a match raises an alert follows from its action here: put it right, or leave it as it is there.",
  pattern:
    "It was made to match something else: put it right, and add what it matches now as an indicator of its own if that is wanted.",
  marking:
    "Its TLP is what its sources say: put it right, or change the TLP of the indicator or of its feed.",
};

type Around = {
  /** How everybody else who claims the record wants it. */
  others: readonly Wish[];
  /** Who else has a say in its words. */
  wordedBy: readonly string[];
  /** Of the destination, for what is sent from here. */
  limits: TextLimits;
};

/** Why what somebody adopts would be undone by the next push, in sentences; null where it would stand. */
export const findUndone = (adoption: Adoption, { others, wordedBy, limits }: Around): string | null => {
  const hasWords = adoption.title !== null || adoption.description !== null;
  const reasons = [
    describeKept(others.flatMap((other) => findKept(adoption, other))),
    hasWords && wordedBy.length > 0 ? describeWorded(wordedBy) : null,
    describeTooLong("title", adoption.title, limits.title),
    describeTooLong("description", adoption.description, limits.description),
  ].filter((reason) => reason !== null);
  return reasons.length === 0 ? null : reasons.join(" ");
};

type Kept = { who: string; what: string };

/** What of it another claimant wants stricter, louder or longer, so that it stays so. */
const findKept = ({ action, severity, expiresAt }: Adoption, { who, ...wish }: Wish): Kept[] =>
  [
    action !== null && stricterAction(action, wish.action) !== action
      ? `as ${ACTION_LABELS[wish.action]}`
      : null,
    severity !== null && higherSeverity(severity, wish.severity) !== severity
      ? `with severity ${wish.severity}`
      : null,
    expiresAt !== null && wish.expiresAt > expiresAt ? `until ${utcMinute(wish.expiresAt)}` : null,
  ].flatMap((what) => (what === null ? [] : [{ who, what }]));

const describeKept = (kept: readonly Kept[]): string | null => {
  if (kept.length === 0) return null;
  const whats = [...new Set(kept.map(({ what }) => what))].join(", ");
  const names = listNames([...new Set(kept.map(({ who }) => who))]);
  return `It stays ${whats} for ${names}: where several want one record, the strictest action, the highest severity and the latest end stand.`;
};

const describeWorded = (names: readonly string[]): string =>
  `Its words are not this connector’s alone, but also of ${listNames(names)}: the next push would write over what you adopt of them.`;

const describeTooLong = (what: string, text: string | null, most: number): string | null => {
  const { length } = toPlainText(text ?? "", Infinity);
  return length <= most
    ? null
    : `Its ${what} has ${written(length)} characters there, and what is sent from here ${written(most)} at most: the next push would cut it. Shorten it there first, or put it right.`;
};

const written = (count: number): string => count.toLocaleString("en-US");
