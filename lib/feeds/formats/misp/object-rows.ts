import { BATCH_ROWS, type ParsedRow } from "@/lib/feeds/contract";
import { findStronger, withStronger } from "@/lib/feeds/formats/same-file";

/** A row, and what tells the object that it is of from all others; null: it is of none. */
export type ObjectRow = { row: ParsedRow; object: string | null };

/**
 * Gathers rows and gives them out in order, those of one object as hashes of one file. An object's attributes stand together:
 * what of them is still to come is waited for, up to a number that no file needs.
 */
export const createObjectRows = () => {
  let held: ObjectRow[] = [];

  const take = (count: number): ParsedRow[] => {
    const taken = held.slice(0, count);
    held = held.slice(count);
    return joinObjects(taken);
  };

  return {
    add: (one: ObjectRow): void => {
      held.push(one);
    },
    /** What is complete, once it is worth handing on. */
    ready: (): ParsedRow[] => {
      if (held.length < BATCH_ROWS) return [];
      const last = held.at(-1)?.object ?? null;
      const begin = last === null ? held.length : held.findLastIndex(({ object }) => object !== last) + 1;
      return take(held.length - begin > MAX_HELD ? held.length : begin);
    },
    /** What is left at the end. */
    rest: (): ParsedRow[] => take(held.length),
  };
};

const joinObjects = (rows: readonly ObjectRow[]): ParsedRow[] => {
  const joined: ParsedRow[] = [];
  for (let start = 0; start < rows.length;) {
    const object = rows[start]?.object ?? null;
    let end = start + 1;
    while (object !== null && rows[end]?.object === object) end += 1;
    const group = rows.slice(start, end).map(({ row }) => row);
    joined.push(...(group.length > 1 ? joinFile(group) : group));
    start = end;
  }
  return joined;
};

const joinFile = (group: readonly ParsedRow[]): readonly ParsedRow[] => {
  const stronger = findStronger(group.flatMap(({ candidates }) => candidates));
  if (stronger.size === 0) return group;
  return group.map((row) => ({
    ...row,
    candidates: row.candidates.map((candidate) => withStronger(candidate, stronger)),
  }));
};

const MAX_HELD = 1_000;
