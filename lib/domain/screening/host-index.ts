import { createPostings, EMPTY_HASH, hashBefore, NONE } from "./postings";
import type { Sink } from "./sink";

export type HostIndex = {
  add: (entry: string, list: number) => void;
  /** `isWholeName`: the value is the name itself, so that blocking it would block what lies below. */
  find: (host: string, isWholeName: boolean) => void;
};

/** Finds listed names that are a host, stand above it or, for a whole name, below it. */
export const createHostIndex = (sink: Sink): HostIndex => {
  const own = createPostings();
  const parents = createPostings();
  const names: string[] = [];
  // Where the host's listed parents begin, the widest first; a name has at most 127 labels.
  const starts: number[] = [];
  const places: number[] = [];
  let asked = "";
  let isItself = true;
  const onOwn = (list: number): void => {
    sink(list, asked, isItself ? "same-host" : "below");
  };
  const onParent = (list: number, name: number): void => {
    sink(list, names[name] ?? "", "above");
  };
  const note = (host: string, start: number, hash: number): void => {
    const place = own.find(host, start, hash);
    if (place === NONE) return;
    starts.push(start);
    places.push(place);
  };

  return {
    add: (entry, list) => {
      own.add(entry, list, 0);
      let name = NONE;
      for (const parent of parentsOf(entry)) {
        if (name === NONE) name = names.push(entry) - 1;
        parents.add(parent, list, name);
      }
    },
    find: (host, isWholeName) => {
      if (own.size() === 0) return;
      starts.length = 0;
      places.length = 0;
      let hash = EMPTY_HASH;
      let dots = 0;
      for (let index = host.length - 1; index >= 0; index--) {
        const code = host.charCodeAt(index);
        // No entry is a last label alone.
        if (code === DOT && dots++ > 0) note(host, index + 1, hash);
        hash = hashBefore(code, hash);
      }
      note(host, 0, hash);
      // The nearest first: it says most.
      for (let index = starts.length - 1; index >= 0; index--) {
        const start = starts[index] ?? 0;
        isItself = start === 0;
        asked = host.slice(start);
        own.visit(places[index] ?? NONE, onOwn);
      }
      if (!isWholeName) return;
      const below = parents.find(host, 0, hash);
      if (below !== NONE) parents.visit(below, onParent);
    },
  };
};

/** From the nearest up, without the last label alone: no value is one. */
function* parentsOf(host: string): Generator<string> {
  for (
    let dot = host.indexOf(".");
    dot !== -1 && host.includes(".", dot + 1);
    dot = host.indexOf(".", dot + 1)
  )
    yield host.slice(dot + 1);
}

const DOT = 46;
