import { findName } from "@/lib/domain/names/allow-block";

import type { Candidate, Vouching } from "./candidate";
import type { CompiledRule } from "./policy";

export type FittingRule = { rule: CompiledRule; place: number };

/**
 * The first rule that fits, with its place from 0; null when none does. One source must meet all that a rule asks of sources:
 * the confidence of one feed never vouches for another.
 */
export const findRule = (
  rules: readonly CompiledRule[],
  type: Candidate["type"],
  chosen: readonly Vouching[],
): FittingRule | null => {
  if (rules.length === 0) return null;
  const place = rules.findIndex((rule) => fits(rule, type, chosen));
  const rule = rules[place];
  return rule === undefined ? null : { rule, place };
};

const fits = (
  { when, tagPatterns }: CompiledRule,
  type: Candidate["type"],
  chosen: readonly Vouching[],
): boolean => {
  const { types, feeds, minConfidence } = when;
  return chosen.some(
    ({ feedId, confidence, tags, network }) =>
      // What came with a network is an address there, and may be treated as what it came with.
      (types === null || types.includes(type) || (network !== undefined && types.includes(network.type))) &&
      (feeds === null || feeds.includes(feedId)) &&
      (minConfidence === null || confidence >= minConfidence) &&
      (tagPatterns === null || findName(tags, tagPatterns) !== undefined),
  );
};
