/** So many bytes tell what a file is packed as: tar has its name at 257. */
export const MAGIC_BYTES = 512;

type Packing = "gzip" | "zip" | "other";
type Packed = { packing: Packing; name: string };

/** What a file is packed as, by its first bytes and never by its name; null for one that is as it is. */
export const findPacking = (head: Uint8Array): Packed | null =>
  MAGICS.find(({ at, bytes }) => bytes.every((byte, index) => head[at + index] === byte)) ?? null;

type Magic = Packed & { at: number; bytes: readonly number[] };

const magic = (packing: Packing, name: string, bytes: readonly number[], at = 0): Magic => ({
  packing,
  name,
  at,
  bytes,
});
const ascii = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

const MAGICS: readonly Magic[] = [
  magic("gzip", "a gzip file", [0x1f, 0x8b]),
  magic("zip", "a zip archive", [...ascii("PK"), 3, 4]),
  // One without entries, and the first part of one that was cut into several.
  magic("zip", "a zip archive", [...ascii("PK"), 5, 6]),
  magic("zip", "a zip archive", [...ascii("PK"), 7, 8]),
  // After `BZh` and a digit.
  magic("other", "a bzip2 file", ascii("1AY&SY"), 4),
  magic("other", "an xz file", [0xfd, ...ascii("7zXZ"), 0]),
  magic("other", "a 7-Zip archive", [...ascii("7z"), 0xbc, 0xaf, 0x27, 0x1c]),
  magic("other", "a Zstandard file", [0x28, 0xb5, 0x2f, 0xfd]),
  magic("other", "a RAR archive", [...ascii("Rar!"), 0x1a, 7]),
  magic("other", "a tar archive", ascii("ustar"), 257),
  magic("other", "a PDF document", ascii("%PDF-")),
  magic("other", "an old Office document", [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]),
];
