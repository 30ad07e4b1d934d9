/** Which lists hold a key, each with a number of its own; compact, since a matcher has hundreds of thousands of keys. */
export type Postings = {
  /** Keeps the first `payload` of a list for a key. */
  add: (key: string, list: number, payload: number) => void;
  /** Calls back for each list that holds the key. */
  visit: (key: string, seen: (list: number, payload: number) => void) => void;
};

// A chain of numbers in plain arrays: a small object or array for each key would take three times the memory.
export const createPostings = (): Postings => {
  const heads = new Map<string, number>();
  const lists: number[] = [];
  const payloads: number[] = [];
  const next: number[] = [];
  return {
    add: (key, list, payload) => {
      const head = heads.get(key) ?? NONE;
      for (let at = head; at !== NONE; at = next[at] ?? NONE) if (lists[at] === list) return;
      heads.set(key, lists.length);
      lists.push(list);
      payloads.push(payload);
      next.push(head);
    },
    visit: (key, seen) => {
      for (let at = heads.get(key) ?? NONE; at !== NONE; at = next[at] ?? NONE)
        seen(lists[at] ?? 0, payloads[at] ?? 0);
    },
  };
};

const NONE = -1;
