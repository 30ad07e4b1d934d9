import { hash } from "node:crypto";

/**
 * The newest version of each object heard of, and the number of the line that holds it. At most 60 bytes an object, however long
 * its id is: a collection is read whole, and may have millions. Ids are told apart by 128 bits of their SHA-1.
 */
export type NewestVersions = {
  /** Gives the line of this version its number, counted from 0; null for a version that is older than what is known. */
  meet: (id: string, version: number) => number | null;
  has: (id: string) => boolean;
  isNewest: (id: string, line: number) => boolean;
  /** How many objects were heard of. */
  size: () => number;
};

export const createNewestVersions = (): NewestVersions => {
  let table = createTable(LEAST_SLOTS);
  let used = 0;
  let lines = 0;

  const grow = (): void => {
    const larger = createTable(table.slots * 2);
    for (let slot = 0; slot < table.slots; slot += 1) {
      const line = table.lineOf(slot);
      if (line === null) continue;
      larger.set(larger.find(table.digestOf(slot)), { version: table.versionOf(slot), line });
    }
    table = larger;
  };

  return {
    meet: (id, version) => {
      if (used >= table.slots * FULL) grow();
      const slot = table.find(digestOf(id));
      if (table.lineOf(slot) === null) used += 1;
      else if (version < table.versionOf(slot)) return null;
      table.set(slot, { version, line: lines });
      lines += 1;
      return lines - 1;
    },
    has: (id) => table.lineOf(table.find(digestOf(id))) !== null,
    isNewest: (id, line) => table.lineOf(table.find(digestOf(id))) === line,
    size: () => used,
  };
};

/** Slots that are searched one after the other from where the digest points; `find` leaves the digest in an empty one. */
const createTable = (slots: number) => {
  const words = new Uint32Array(slots * WORDS);
  const versions = new Float64Array(slots);
  /** Numbers of lines plus 1; 0: the slot is empty. */
  const lines = new Uint32Array(slots);

  const holds = (slot: number, digest: Digest): boolean => {
    for (let word = 0; word < WORDS; word += 1) if (words[slot * WORDS + word] !== digest[word]) return false;
    return true;
  };
  return {
    slots,
    find: (digest: Digest): number => {
      let slot = (digest[0] ?? 0) & (slots - 1);
      while (lines[slot] !== 0 && !holds(slot, digest)) slot = (slot + 1) & (slots - 1);
      if (lines[slot] === 0) words.set(digest, slot * WORDS);
      return slot;
    },
    set: (slot: number, { version, line }: { version: number; line: number }): void => {
      versions[slot] = version;
      lines[slot] = line + 1;
    },
    lineOf: (slot: number): number | null => (lines[slot] ? (lines[slot] ?? 0) - 1 : null),
    versionOf: (slot: number): number => versions[slot] ?? 0,
    digestOf: (slot: number): Digest => words.subarray(slot * WORDS, (slot + 1) * WORDS),
  };
};

type Digest = Uint32Array;

/** Good until the next call. */
const digestOf = (id: string): Digest => {
  const bytes = hash("sha1", id, "buffer");
  for (let word = 0; word < WORDS; word += 1) SCRATCH[word] = bytes.readUInt32LE(word * 4);
  return SCRATCH;
};

const WORDS = 4;
const SCRATCH = new Uint32Array(WORDS);
const LEAST_SLOTS = 1_024;
/** Beyond this share the next empty slot is far. */
const FULL = 0.7;
