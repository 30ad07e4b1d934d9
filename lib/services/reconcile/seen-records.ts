/** Which records were come upon, in about one bit for each: a workspace holds a million. */
export type SeenRecords = {
  add: (record: SeenRecord) => void;
  has: (record: SeenRecord) => boolean;
};

/** A destination holds one record of an indicator for each scope. */
type SeenRecord = { indicatorId: string; scope: string };

export const createSeenRecords = (): SeenRecords => {
  const blocks = new Map<string, Uint8Array>();
  const placeOf = ({ indicatorId, scope }: SeenRecord) => {
    const id = Number(indicatorId);
    const bit = id % BLOCK_BITS;
    const block = (id - bit) / BLOCK_BITS;
    return { name: `${String(block)} ${scope}`, byte: bit >> 3, mask: 1 << (bit & 7) };
  };
  return {
    add: (record) => {
      const { name, byte, mask } = placeOf(record);
      const block = blocks.get(name) ?? new Uint8Array(BLOCK_BITS / 8);
      block[byte] = (block[byte] ?? 0) | mask;
      blocks.set(name, block);
    },
    has: (record) => {
      const { name, byte, mask } = placeOf(record);
      return ((blocks.get(name)?.[byte] ?? 0) & mask) !== 0;
    },
  };
};

const BLOCK_BITS = 8_192;
