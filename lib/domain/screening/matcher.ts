import { isHostName, isSharedSuffix } from "@/lib/domain/indicator/host";
import { indicatorTypeCode, type IndicatorType } from "@/lib/domain/indicator/types";

import { EFFECTS, type AllowlistEffect, type AllowlistMatch } from "./allowlist";
import { checkEntry } from "./entry";
import { createHostIndex } from "./host-index";
import { createNetworkIndex } from "./network-index";
import { isCanonicalNetwork, readNetwork } from "./network-text";
import { compilePattern } from "./pattern";
import { createPatternIndex } from "./pattern-index";
import { createPostings, hashOf, NONE } from "./postings";
import { explainHit } from "./reason";
import type { Relation } from "./sink";
import { hostOf } from "./subject";
import { createSubstringIndex } from "./substring-index";

export type MatcherList = {
  id: string;
  name: string;
  match: AllowlistMatch;
  effect: AllowlistEffect;
  /** The types that the list is asked about; none given: all of them. */
  types?: readonly IndicatorType[] | null;
  /** As `checkEntry` gives them. */
  entries: Iterable<string>;
};

type Hit = {
  listId: string;
  listName: string;
  effect: AllowlistEffect;
  entry: string;
  /** The value is a network that holds the entry and more. */
  isAround: boolean;
  /** A short sentence for the person who asks why the value is not sent. */
  reason: string;
};

export type Matcher = {
  /** The hit with the strictest effect, of the list given first among equals; null: the value is on no list. */
  screen: (type: IndicatorType, value: string) => Hit | null;
  /** One hit for each list that the value is on, the strictest effect first. */
  screenAll: (type: IndicatorType, value: string) => readonly Hit[];
  /** The same lists in no order and without words: for a million values, of which nobody asks why. */
  listsWith: (type: IndicatorType, value: string) => readonly Pick<MatcherList, "id" | "effect">[];
  /** Entries that no list of their kind can have. */
  skipped: number;
};

/** Puts lists into the form in which millions of canonical values can be held against them. */
export const createMatcher = (lists: Iterable<MatcherList>): Matcher => {
  const known: Known[] = [];
  const found: Found[] = [];
  let askedTypeBit = 0;
  const sink = (list: number, entry: string, relation: Relation): void => {
    if (((known[list]?.typeBits ?? 0) & askedTypeBit) === 0 || found.some((other) => other.list === list))
      return;
    found.push({ list, entry, relation });
  };
  const strings = createPostings();
  const hosts = createHostIndex(sink);
  const substrings = createSubstringIndex(sink);
  const ipv4 = createNetworkIndex(1, sink);
  const ipv6 = createNetworkIndex(4, sink);
  const patterns = createPatternIndex(sink);
  let askedValue = "";
  const onString = (list: number): void => {
    sink(list, askedValue, "same");
  };

  const add = (match: AllowlistMatch, entry: string, list: number): void => {
    switch (match) {
      case "string":
        strings.add(entry, list, 0);
        return;
      case "substring":
        substrings.add(entry, list);
        return;
      case "hostname":
        hosts.add(entry, list);
        return;
      case "cidr":
        readNetwork(entry, (words, prefix) => {
          (words.length === 1 ? ipv4 : ipv6).add(words, prefix, list);
        });
        return;
      case "regex": {
        const compiled = compilePattern(entry);
        if (compiled.ok) patterns.add(compiled.value.source, entry, list);
      }
    }
  };

  let skipped = 0;
  for (const { id, name, match, effect, types, entries } of lists) {
    const list =
      known.push({ id, name, effect, rank: EFFECTS.indexOf(effect), typeBits: typeBitsOf(types) }) - 1;
    for (const entry of entries) {
      if (isCanonical(match, entry)) {
        add(match, entry, list);
        continue;
      }
      const checked = checkEntry(match, entry);
      if (checked.ok) add(match, checked.value, list);
      else skipped++;
    }
  }
  ipv4.seal();
  ipv6.seal();
  patterns.seal();

  const search = (type: IndicatorType, value: string): void => {
    found.length = 0;
    askedTypeBit = 1 << indicatorTypeCode(type);
    askedValue = value;
    findString(value);
    substrings.find(type === "url" ? value.toLowerCase() : value);
    patterns.find(value);
    if (type === "ipv4-cidr" || type === "ipv6-cidr") readNetwork(value, findNetwork);
    const host = hostOf(type, value);
    if (host === null) return;
    if (type === "url") patterns.find(host);
    if (type !== "domain" && type !== "email" && readNetwork(host, findNetwork)) return;
    if (type !== "ipv4" && type !== "ipv6") hosts.find(host, type === "domain");
  };
  const findString = (value: string): void => {
    if (strings.size() === 0) return;
    const place = strings.find(value, 0, hashOf(value));
    if (place !== NONE) strings.visit(place, onString);
  };
  const findNetwork = (words: Uint32Array, prefix: number): void => {
    (words.length === 1 ? ipv4 : ipv6).find(words, prefix);
  };

  const toHit = (type: IndicatorType, value: string, { list, entry, relation }: Found): Hit[] => {
    const from = known[list];
    if (!from) return [];
    const { id: listId, name: listName, effect } = from;
    const isAround = relation === "network-holds";
    const reason = explainHit(type, value, entry, relation, listName);
    return [{ listId, listName, effect, entry, isAround, reason }];
  };
  const byStrictness = (one: Found, other: Found): number =>
    (known[one.list]?.rank ?? 0) - (known[other.list]?.rank ?? 0) || one.list - other.list;

  return {
    screen: (type, value) => {
      search(type, value);
      if (found.length === 0) return null;
      const strictest = found.reduce((best, other) => (byStrictness(other, best) < 0 ? other : best));
      return toHit(type, value, strictest)[0] ?? null;
    },
    screenAll: (type, value) => {
      search(type, value);
      if (found.length === 0) return [];
      return found.sort(byStrictness).flatMap((hit) => toHit(type, value, hit));
    },
    listsWith: (type, value) => {
      search(type, value);
      if (found.length === 0) return ON_NO_LIST;
      return found.flatMap(({ list }) => known[list] ?? []);
    },
    skipped,
  };
};

const ON_NO_LIST: readonly never[] = [];

type Known = { id: string; name: string; effect: AllowlistEffect; rank: number; typeBits: number };
type Found = { list: number; entry: string; relation: Relation };

const typeBitsOf = (types: readonly IndicatorType[] | null | undefined): number =>
  types ? types.reduce((bits, type) => bits | (1 << indicatorTypeCode(type)), 0) : ALL_TYPES;

/** A cheap look that lets canonical entries pass; what it does not know for sure is checked in full. */
const isCanonical = (match: AllowlistMatch, entry: string): boolean => {
  switch (match) {
    case "hostname":
      return isHostName(entry) && !ENDS_IN_DIGIT.test(entry) && !isSharedSuffix(entry);
    case "cidr":
      return isCanonicalNetwork(entry);
    case "string":
      return PLAIN.test(entry);
    case "substring":
    case "regex":
      return false;
  }
};

const ALL_TYPES = -1;
const ENDS_IN_DIGIT = /\d$/;
const PLAIN = /^[\da-z][\d.:@a-z_-]*[\da-z]$/;
