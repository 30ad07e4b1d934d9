/**
 * Tells, while a list is read, which keys may stand in it twice, so that only these are looked for in the database. Of a
 * list without repetition a few in a hundred at most are suspected for nothing; two rows of one value always are. Takes one byte for
 * each eight bytes of the list, 16 MB at most.
 */
export type KeyFilter = {
  meet: (key: string) => void;
  /** Null: too many to be named. */
  suspects: () => readonly string[] | null;
};

/** `bytes`: of the list, or null when that is not known. */
export const createKeyFilter = (bytes: number | null): KeyFilter => {
  const bits = Math.min(MOST_BITS, Math.max(LEAST_BITS, Math.ceil(Math.log2(bytes ?? Infinity))));
  const shift = 32 - bits;
  const met = new Uint8Array(2 ** (bits - 3));
  const found = new Set<string>();

  return {
    meet: (key) => {
      // Keys are digests: any bits of them are as good as a hash.
      const place = Number.parseInt(key.slice(0, 8), 16) >>> shift;
      const mask = 1 << (place & 7);
      const at = place >>> 3;
      const before = met[at] ?? 0;
      if ((before & mask) === 0) met[at] = before | mask;
      else if (found.size <= MOST_SUSPECTS) found.add(key);
    },
    suspects: () => (found.size > MOST_SUSPECTS ? null : [...found]),
  };
};

const LEAST_BITS = 16;
const MOST_BITS = 27;
const MOST_SUSPECTS = 100_000;
