import { createPostings } from "./postings";
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
  let asked = "";
  let isItself = true;
  const onOwn = (list: number): void => {
    sink(list, asked, isItself ? "same-host" : "below");
  };
  const onParent = (list: number, name: number): void => {
    sink(list, names[name] ?? "", "above");
  };

  return {
    add: (entry, list) => {
      own.add(entry, list, 0);
      let known = -1;
      for (const parent of parentsOf(entry)) {
        if (known === -1) known = names.push(entry) - 1;
        parents.add(parent, list, known);
      }
    },
    find: (host, isWholeName) => {
      asked = host;
      isItself = true;
      own.visit(host, onOwn);
      isItself = false;
      for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
        asked = host.slice(dot + 1);
        own.visit(asked, onOwn);
      }
      if (isWholeName) parents.visit(host, onParent);
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
