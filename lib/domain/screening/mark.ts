import { EFFECTS, type AllowlistEffect } from "./allowlist";

/** A list that a value is on, what that means for it, and why in a sentence. */
export type Mark = {
  /** `built-in:…`, `bundled:…`, `list:<id>` or `recall:<id>`. */
  list: string;
  name: string;
  effect: AllowlistEffect;
  reason: string;
};

/** What a list's effect means for a value that is on it, in a sentence. */
export const EFFECT_SENTENCES: Readonly<Record<AllowlistEffect, string>> = {
  stop: "It is stored and never sent.",
  "audit-only": "It is sent as Audit at most, never to block.",
  warn: "It is sent all the same; look twice.",
};

/** Why a value is on a list, and what that means for it. */
export const describeMark = ({ reason, effect }: Mark): string =>
  `${reason.replace(/[\s.]*$/, ".")} ${EFFECT_SENTENCES[effect]}`;

/** The mark of a recall, and the recall of a mark; null for any other. */
export const recallMark = (id: string): string => `${RECALL}${id}`;
export const recallOf = (list: string): string | null =>
  list.startsWith(RECALL) ? list.slice(RECALL.length) : null;

const RECALL = "recall:";

/** The marks with the strictest effect first; among equals the order stays. */
export const strictest = (marks: readonly Mark[]): readonly Mark[] =>
  marks.length < 2
    ? marks
    : marks.toSorted((one, other) => EFFECTS.indexOf(one.effect) - EFFECTS.indexOf(other.effect));
