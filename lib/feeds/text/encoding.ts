import { guessWestern } from "./western";

/** How much of a body is looked at before its encoding is settled. */
export const SNIFF_BYTES = 65_536;

/** The encoding that a byte order mark names; it overrides every setting, as WHATWG says. */
export const encodingOfBom = (head: Uint8Array): string | null => {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return null;
};

/**
 * The WHATWG name of the encoding that the first bytes of a list are in: Unicode if they can be, else the one of Windows,
 * or of old Macintosh files, in which they read more like words.
 */
export const detectEncoding = (head: Uint8Array): string =>
  encodingOfStart(head) ?? detectEncodingWithin(head);

/** What the first bytes say by a byte order mark or by their zeros; null where they say nothing. */
export const encodingOfStart = (head: Uint8Array): string | null =>
  encodingOfBom(head) ?? encodingOfZeros(head);

/** The same of a part of a list that is no UTF-16. */
export const detectEncodingWithin = (part: Uint8Array): string =>
  isUtf8(part) ? "utf-8" : guessWestern(part);

/** Lists are mostly ASCII, so UTF-16 without a mark shows as a zero in every other byte. */
const encodingOfZeros = (head: Uint8Array): string | null => {
  const zeros = [0, 0];
  for (let index = 0; index < head.length; index++)
    if (head[index] === 0) zeros[index % 2] = (zeros[index % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const many = head.length / 8;
  if (odd > many && even < many / 4) return "utf-16le";
  return even > many && odd < many / 4 ? "utf-16be" : null;
};

const isUtf8 = (head: Uint8Array): boolean => {
  try {
    // `stream`: the sample may end inside a character.
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
};
