import type { Sink } from "./sink";

export type SubstringIndex = {
  add: (entry: string, list: number) => void;
  find: (value: string) => void;
};

/**
 * Finds listed texts inside a value. Each entry is filed under four characters of its own that few others have; a value
 * is read once, and only where such four stand is an entry compared. Entries have at least four characters.
 */
export const createSubstringIndex = (sink: Sink): SubstringIndex => {
  const buckets = new Map<number, Filed[]>();
  const filter = new Uint32Array(FILTER_BITS / 32);
  return {
    add: (entry, list) => {
      let best: Filed[] | undefined;
      let offset = 0;
      let bestGram = 0;
      for (let at = 0; at + GRAM <= Math.min(entry.length, MAX_TRIED); at++) {
        const gram = gramAt(entry, at);
        const bucket = buckets.get(gram) ?? NONE;
        if (best !== undefined && bucket.length >= best.length) continue;
        [best, offset, bestGram] = [bucket, at, gram];
      }
      if (best === undefined) return;
      const filed = { entry, offset, list };
      if (best === NONE) buckets.set(bestGram, [filed]);
      else best.push(filed);
      const bit = filterBit(bestGram);
      filter[bit >>> 5] = (filter[bit >>> 5] ?? 0) | (1 << (bit & 31));
    },
    find: (value) => {
      if (buckets.size === 0) return;
      let gram = 0;
      for (let index = 0; index < value.length; index++) {
        gram = ((gram << 7) | (value.charCodeAt(index) & 127)) & GRAM_MASK;
        const bit = filterBit(gram);
        if (((filter[bit >>> 5] ?? 0) & (1 << (bit & 31))) === 0) continue;
        for (const { entry, offset, list } of buckets.get(gram) ?? NONE)
          if (value.startsWith(entry, index - GRAM + 1 - offset)) sink(list, entry, "part");
      }
    },
  };
};

type Filed = { entry: string; offset: number; list: number };

const gramAt = (text: string, at: number): number => {
  let gram = 0;
  for (let index = at; index < at + GRAM; index++) gram = (gram << 7) | (text.charCodeAt(index) & 127);
  return gram;
};

const filterBit = (gram: number): number => Math.imul(gram, 0x9e37_79b1) >>> 16;

const GRAM = 4;
const GRAM_MASK = 0xfff_ffff;
const FILTER_BITS = 65_536;
const MAX_TRIED = 64;
const NONE: Filed[] = [];
