/** A power of two: so many numbers are one part. */
const PART_BITS = 11;
const PART_SIZE = 2 ** PART_BITS;

/** The number of the part that a row's number is in, as an expression. */
export const partSql = (id: string): string => `(${id} >> ${String(PART_BITS)})::int`;
/** The number of the part that a row's number is in. */
export const partOf = (id: string | number): number => Math.floor(Number(id) / PART_SIZE);
/** The lowest number of a part. */
export const firstOf = (part: number): number => part * PART_SIZE;
