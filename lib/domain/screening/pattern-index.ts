import { RE2Set } from "re2js";

import { PATTERN_FLAGS } from "./pattern";
import type { Sink } from "./sink";

export type PatternIndex = {
  /** `source` without delimiters; `entry` as the list spells it. */
  add: (source: string, entry: string, list: number) => void;
  seal: () => void;
  find: (text: string) => void;
};

/** Finds listed patterns in a text: many are one automaton, which reads the text once in linear time. */
export const createPatternIndex = (sink: Sink): PatternIndex => {
  const groups: Group[] = [];
  return {
    add: (source, entry, list) => {
      let group = groups.at(-1);
      if (group === undefined || group.entries.length >= PATTERNS_OF_AUTOMATON) {
        group = { set: new RE2Set(RE2Set.UNANCHORED, PATTERN_FLAGS), entries: [] };
        groups.push(group);
      }
      group.set.add(source);
      group.entries.push({ entry, list });
    },
    seal: () => {
      for (const { set } of groups) set.compile();
    },
    find: (text) => {
      for (const { set, entries } of groups)
        for (const id of set.match(text)) {
          const found = entries[id];
          if (found) sink(found.list, found.entry, "pattern");
        }
    },
  };
};

type Group = { set: RE2Set; entries: { entry: string; list: number }[] };

// States of an automaton multiply with its patterns; past its memory it falls back to a slow engine.
const PATTERNS_OF_AUTOMATON = 256;
