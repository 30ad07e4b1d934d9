import "server-only";

import type { Judged } from "./judge-candidates";
import type { Weaker } from "@/lib/services/budget/rank-candidates";

/**
 * Hashes that stay out because a stronger one of their file goes there instead. They come in where none of those has a place
 * after all.
 */
export type WeakerHashes = {
  isEmpty: () => boolean;
  add: (weaker: readonly Weaker[]) => void;
  /** Those that nothing keeps out any more, in the order of their numbers, when these have no place. */
  findFree: (isCut: (id: number) => boolean) => number[];
  /** Those that stay out, some at a time; what of them stands is taken back. */
  pages: (isFree: ReadonlySet<number>) => Generator<Judged[]>;
};

const PAGE = 5_000;

/** Keeps them as pairs of numbers: a list of files may have as many of them as it has wishes. */
export const createWeakerHashes = (): WeakerHashes => {
  /** Each with one that keeps it out, and so on. */
  const pairs: number[] = [];
  const leaving = new Map<number, Judged>();
  return {
    isEmpty: () => pairs.length === 0,
    add: (weaker) => {
      for (const { judged, instead } of weaker) {
        if (judged.operation === "remove") leaving.set(Number(judged.id), judged);
        for (const id of instead) pairs.push(Number(judged.id), Number(id));
      }
    },
    findFree: (isCut) => {
      const free: number[] = [];
      for (const [id, stronger] of groupPairs(pairs)) if (stronger.every(isCut)) free.push(id);
      return free.sort((one, other) => one - other);
    },
    pages: function* (isFree) {
      let page: Judged[] = [];
      for (const [number] of groupPairs(pairs)) {
        if (isFree.has(number)) continue;
        page.push(leaving.get(number) ?? keptOut(String(number)));
        if (page.length < PAGE) continue;
        yield page;
        page = [];
      }
      yield page;
    },
  };
};

function* groupPairs(pairs: readonly number[]): Generator<[number, number[]]> {
  for (let at = 0; at < pairs.length;) {
    const own = pairs[at] ?? 0;
    const stronger: number[] = [];
    for (; at < pairs.length && pairs[at] === own; at += 2) stronger.push(pairs[at + 1] ?? 0);
    yield [own, stronger];
  }
}

// Its words are in the stage already; what is counted of it needs none.
const keptOut = (id: string): Judged => ({
  ...{ id, key: id, claimHash: null, turnsAt: 0 },
  ...{ operation: "blocked", code: "stronger-hash", reason: "", share: null, desiredHash: null },
});
