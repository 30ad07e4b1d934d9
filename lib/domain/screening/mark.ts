import { EFFECTS, type AllowlistEffect } from "./allowlist";

/** A list that a value is on, what that means for it, and why in a sentence. */
export type Mark = {
  /** `built-in:…`, `bundled:…` or `list:<id>`. */
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

/** The marks with the strictest effect first; among equals the order stays. */
export const strictest = (marks: readonly Mark[]): readonly Mark[] =>
  marks.length < 2
    ? marks
    : marks.toSorted((one, other) => EFFECTS.indexOf(one.effect) - EFFECTS.indexOf(other.effect));
