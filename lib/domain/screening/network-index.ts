import { formatWords, maskWord, type Words } from "./address-words";
import type { Sink } from "./sink";

export type NetworkIndex = {
  /** Takes a copy of `words`. */
  add: (words: Words, prefix: number, list: number) => void;
  seal: () => void;
  /** Finds networks that hold this one, and those that lie inside it. */
  find: (words: Words, prefix: number) => void;
};

/**
 * Networks of one family (1 word: IPv4, 4 words: IPv6). Two networks nest or are apart, so that in the order of their
 * first addresses, the wide before the narrow, those that hold an address are a chain of parents, and those inside a
 * network stand side by side.
 */
export const createNetworkIndex = (wordCount: 1 | 4, sink: Sink): NetworkIndex => {
  const collected: number[] = [];
  const stride = wordCount + 2;
  let table: Table | null = null;
  const scratch = new Uint32Array(wordCount);

  const report = (sealed: Table, index: number, asked: number): void => {
    const prefix = sealed.prefixes[index] ?? 0;
    for (let word = 0; word < wordCount; word++) scratch[word] = sealed.words[index * wordCount + word] ?? 0;
    const address = formatWords(scratch);
    const longest = wordCount * 32;
    const relation = prefix > asked ? "network-holds" : asked === longest ? "address-in" : "network-in";
    sink(sealed.lists[index] ?? 0, prefix === longest ? address : `${address}/${String(prefix)}`, relation);
  };

  return {
    add: (words, prefix, list) => {
      for (let word = 0; word < wordCount; word++) collected.push(words[word] ?? 0);
      collected.push(prefix, list);
    },
    seal: () => {
      table = collected.length === 0 ? null : build(collected, wordCount, stride);
      collected.length = 0;
    },
    find: (words, prefix) => {
      if (table === null) return;
      const last = lastNotAfter(table, wordCount, words, prefix);
      for (let index = last; index !== NONE; index = table.parents[index] ?? NONE)
        if (holds(table, index, wordCount, words)) {
          for (let holder = index; holder !== NONE; holder = table.parents[holder] ?? NONE)
            report(table, holder, prefix);
          break;
        }
      if (prefix === wordCount * 32) return;
      const next = last + 1;
      if (!isAlike(table, next, wordCount, words, prefix)) return;
      // For each list its own positions: a wide network may hold hundreds of thousands of one list's.
      for (const positions of table.positionsOfLists) {
        const first = positions[firstFrom(positions, next)];
        if (first !== undefined && isAlike(table, first, wordCount, words, prefix))
          report(table, first, prefix);
      }
    },
  };
};

type Table = {
  words: Uint32Array;
  prefixes: Uint8Array;
  lists: Uint16Array;
  parents: Int32Array;
  positionsOfLists: readonly Uint32Array[];
};

const build = (collected: readonly number[], wordCount: number, stride: number): Table => {
  const compare = (one: number, other: number): number => {
    for (let field = 0; field < stride; field++) {
      const difference = (collected[one * stride + field] ?? 0) - (collected[other * stride + field] ?? 0);
      if (difference !== 0) return difference;
    }
    return 0;
  };
  const order = new Uint32Array(collected.length / stride)
    .map((_, index) => index)
    .sort(compare)
    .filter((from, index, sorted) => index === 0 || compare(sorted[index - 1] ?? 0, from) !== 0);
  const count = order.length;
  const table = {
    words: new Uint32Array(count * wordCount),
    prefixes: new Uint8Array(count),
    lists: new Uint16Array(count),
    parents: new Int32Array(count).fill(NONE),
  };
  const positions = new Map<number, number[]>();
  order.forEach((from, index) => {
    for (let word = 0; word < wordCount; word++)
      table.words[index * wordCount + word] = collected[from * stride + word] ?? 0;
    table.prefixes[index] = collected[from * stride + wordCount] ?? 0;
    const list = collected[from * stride + wordCount + 1] ?? 0;
    table.lists[index] = list;
    const ofList = positions.get(list);
    if (ofList) ofList.push(index);
    else positions.set(list, [index]);
  });
  const positionsOfLists = [...positions.values()].map((ofList) => Uint32Array.from(ofList));
  const sealed: Table = { ...table, positionsOfLists };
  for (let index = 1; index < count; index++) {
    let parent = index - 1;
    const words = sealed.words.subarray(index * wordCount, (index + 1) * wordCount);
    while (parent !== NONE && !holds(sealed, parent, wordCount, words))
      parent = sealed.parents[parent] ?? NONE;
    sealed.parents[index] = parent;
  }
  return sealed;
};

/** The last network that begins before these words, or with them and is no narrower than `prefix`; -1 for none. */
const lastNotAfter = (table: Table, wordCount: number, words: Words, prefix: number): number => {
  let low = 0;
  let high = table.prefixes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isAfter(table, middle, wordCount, words, prefix)) high = middle;
    else low = middle + 1;
  }
  return low - 1;
};

const isAfter = (table: Table, index: number, wordCount: number, words: Words, prefix: number): boolean => {
  for (let word = 0; word < wordCount; word++) {
    const own = table.words[index * wordCount + word] ?? 0;
    const other = words[word] ?? 0;
    if (own !== other) return own > other;
  }
  return (table.prefixes[index] ?? 0) > prefix;
};

const holds = (table: Table, index: number, wordCount: number, words: Words): boolean =>
  isAlike(table, index, wordCount, words, table.prefixes[index] ?? 0);

/** Whether the network at `index` begins with the same `prefix` bits; past the end there is none. */
const isAlike = (table: Table, index: number, wordCount: number, words: Words, prefix: number): boolean => {
  if (index >= table.prefixes.length) return false;
  for (let word = 0; word < wordCount; word++) {
    const difference = (table.words[index * wordCount + word] ?? 0) ^ (words[word] ?? 0);
    if ((difference & maskWord(word, prefix)) !== 0) return false;
  }
  return true;
};

/** The place of the first position that is `from` or more. */
const firstFrom = (positions: Uint32Array, from: number): number => {
  let low = 0;
  let high = positions.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((positions[middle] ?? 0) < from) low = middle + 1;
    else high = middle;
  }
  return low;
};

const NONE = -1;
