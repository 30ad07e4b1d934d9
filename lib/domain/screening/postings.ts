/** Which lists hold a key, each with a number of its own; compact, since a matcher has hundreds of thousands of keys. */
export type Postings = {
  /** Keeps the first `payload` of a list for a key. */
  add: (key: string, list: number, payload: number) => void;
  /** Where the key that is the end of `text` from `start` stands; NONE for no such key. `hash` is that end's. */
  find: (text: string, start: number, hash: number) => number;
  /** Calls back for each list that holds the key found. */
  visit: (found: number, seen: (list: number, payload: number) => void) => void;
  size: () => number;
};

export const NONE = -1;
export const EMPTY_HASH = 0x811c_9dc5;

/**
 * The hash of a text from the hash of all but its first character. Read from the end, a host name gives the hash of each of
 * its parents on the way, and no parent has to be cut out to be looked up.
 */
export const hashBefore = (code: number, hash: number): number => Math.imul(hash ^ code, 0x0100_0193);

export const hashOf = (text: string): number => {
  let hash = EMPTY_HASH;
  for (let index = text.length - 1; index >= 0; index--) hash = hashBefore(text.charCodeAt(index), hash);
  return hash;
};

/** A hash table in arrays of numbers: a map of strings would take three times the time and the memory. */
export const createPostings = (): Postings => {
  const keys: string[] = [];
  const heads: number[] = [];
  const lists: number[] = [];
  const payloads: number[] = [];
  const next: number[] = [];
  // Pairs of a key's place and its hash, so that a key is looked at only when it is almost certainly the one.
  let table = new Int32Array(SMALLEST * 2).fill(NONE);
  let shift = 32 - Math.log2(SMALLEST);

  const slotOf = (text: string, start: number, hash: number): number => {
    let slot = (Math.imul(hash, 0x9e37_79b1) >>> shift) * 2;
    for (;;) {
      const index = table[slot] ?? NONE;
      if (index === NONE) return slot;
      if (table[slot + 1] === hash) {
        const key = keys[index] ?? "";
        if (key.length === text.length - start && text.endsWith(key)) return slot;
      }
      slot = (slot + 2) & (table.length - 1);
    }
  };
  const grow = (): void => {
    const old = table;
    table = new Int32Array(old.length * 2).fill(NONE);
    shift--;
    for (let from = 0; from < old.length; from += 2) {
      const index = old[from] ?? NONE;
      if (index === NONE) continue;
      const hash = old[from + 1] ?? 0;
      let slot = (Math.imul(hash, 0x9e37_79b1) >>> shift) * 2;
      while (table[slot] !== NONE) slot = (slot + 2) & (table.length - 1);
      table[slot] = index;
      table[slot + 1] = hash;
    }
  };

  return {
    add: (key, list, payload) => {
      if (keys.length * 4 >= table.length) grow();
      const hash = hashOf(key);
      const slot = slotOf(key, 0, hash);
      let index = table[slot] ?? NONE;
      if (index === NONE) {
        index = keys.push(key) - 1;
        heads.push(NONE);
        table[slot] = index;
        table[slot + 1] = hash;
      }
      const head = heads[index] ?? NONE;
      for (let at = head; at !== NONE; at = next[at] ?? NONE) if (lists[at] === list) return;
      heads[index] = lists.length;
      lists.push(list);
      payloads.push(payload);
      next.push(head);
    },
    find: (text, start, hash) => table[slotOf(text, start, hash)] ?? NONE,
    visit: (found, seen) => {
      for (let at = heads[found] ?? NONE; at !== NONE; at = next[at] ?? NONE)
        seen(lists[at] ?? 0, payloads[at] ?? 0);
    },
    size: () => keys.length,
  };
};

const SMALLEST = 64;
