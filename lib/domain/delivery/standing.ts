import {
  ACTION_LABELS,
  ACTIONS,
  SEVERITIES,
  type Action,
  type Severity,
} from "@/lib/domain/connector/actions";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";

import { mergeTreatments, type Treatment } from "./merge-claims";

/** How another claimant wants a record. Nothing of its feeds: what is here, every claimant's people read at Microsoft. */
export type Wish = Treatment & {
  /** The team; where it is the reader's own, the connector. */
  who: string;
};

/** What stands, or is to stand, for all claimants of one record. */
export type Standing = Treatment & {
  /** Who else claims it. */
  others: string[];
  /** It is stricter than this connector wants it, since these do. */
  wantedBy: string[];
  /** In sentences; empty where nothing differs from what this connector wants. */
  sentence: string;
};

type Planned = {
  kind: ConnectorKind;
  /** How this connector is to want it; null: not any more. */
  mine: Treatment | null;
  /** How it wants it so far; null: not yet. */
  before: Treatment | null;
  others: readonly Wish[];
};

/** What a planned item leaves standing where others claim the record, and what it changes for them; null where nobody else does. */
export const foreseeStanding = ({ kind, mine, before, others }: Planned): Standing | null => {
  const [first, ...rest] = others;
  if (!first) return null;
  const names = namesOf(others);
  const was = mergeTreatments([first, ...rest, ...(before ? [before] : [])]);
  const will = mergeTreatments([first, ...rest, ...(mine ? [mine] : [])]);
  const wantedBy = mine && kind === "defender" ? whoWants(will, mine, others) : [];
  const sentences = [
    mine && !before ? `Joins a record of ${listNames(names)}.` : null,
    mine ? null : describeStay(kind, will, names),
    wantedBy.length > 0 ? describeStricter(will, wantedBy) : null,
    mine && kind === "defender" ? describeTurn(was, will, names) : null,
  ].filter((sentence) => sentence !== null);
  return { ...will, others: names, wantedBy, sentence: sentences.join(" ") };
};

/** How a record stands beside what this connector wants of it; null where nobody else claims it. */
export const describeStanding = (
  kind: ConnectorKind,
  { mine, stands, others }: { mine: Treatment; stands: Treatment; others: readonly Wish[] },
): Standing | null => {
  if (others.length === 0) return null;
  const wantedBy = kind === "defender" ? whoWants(stands, mine, others) : [];
  const sentence = wantedBy.length > 0 ? describeStricter(stands, wantedBy) : "";
  return { ...stands, others: namesOf(others), wantedBy, sentence };
};

/** `Block, High`. */
const describeTreatment = ({ action, severity }: Pick<Treatment, "action" | "severity">): string =>
  `${ACTION_LABELS[action]}, ${severity}`;

/** `Team A, Team B and Team C`. */
export const listNames = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;

const describeStay = (kind: ConnectorKind, will: Treatment, names: readonly string[]): string =>
  kind === "defender"
    ? `Stays there for ${listNames(names)}, as ${describeTreatment(will)}.`
    : `Stays there for ${listNames(names)}.`;

const describeStricter = (stands: Treatment, wantedBy: readonly string[]): string =>
  `Stands as ${describeTreatment(stands)}: wanted by ${listNames(wantedBy)}.`;

const describeTurn = (was: Treatment, will: Treatment, names: readonly string[]): string | null => {
  const turns = [
    turn("", ACTIONS.indexOf(was.action) - ACTIONS.indexOf(will.action), [
      ACTION_LABELS[was.action],
      ACTION_LABELS[will.action],
    ]),
    turn("severity ", SEVERITIES.indexOf(was.severity) - SEVERITIES.indexOf(will.severity), [
      was.severity,
      will.severity,
    ]),
  ].filter((words) => words !== null);
  return turns.length === 0 ? null : `${sentenceCase(turns.join(" and "))} for ${listNames(names)}.`;
};

const turn = (what: string, drop: number, [from, to]: readonly [string, string]): string | null =>
  drop === 0 ? null : `${drop < 0 ? "raises" : "lowers"} ${what}${from} to ${to}`;

const sentenceCase = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Those whose wish made it stricter than one wants it. */
const whoWants = (stands: Treatment, mine: Treatment, others: readonly Wish[]): string[] =>
  namesOf(
    others.filter(
      ({ action, severity }) =>
        (action === stands.action && isStricter(stands.action, mine.action)) ||
        (severity === stands.severity && isLouder(stands.severity, mine.severity)),
    ),
  );

const isStricter = (one: Action, other: Action): boolean => ACTIONS.indexOf(one) > ACTIONS.indexOf(other);

const isLouder = (one: Severity, other: Severity): boolean =>
  SEVERITIES.indexOf(one) > SEVERITIES.indexOf(other);

const namesOf = (others: readonly Wish[]): string[] => [...new Set(others.map(({ who }) => who))];
