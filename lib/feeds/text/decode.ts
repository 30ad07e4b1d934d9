import { detectEncoding, encodingOfBom, SNIFF_BYTES } from "./encoding";
import { repairWindows1252 } from "./windows-1252";

/**
 * The text of a body while it arrives, without byte order mark. `encoding` is a WHATWG name or `auto`. Bytes that are
 * wrong in it become U+FFFD, so that one bad row never stops the file.
 */
export async function* decodeText(
  body: AsyncIterable<Uint8Array>,
  encoding: string,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  const wanted = encoding === "auto" ? SNIFF_BYTES : BOM_BYTES;
  let decode: Decode | null = null;
  let head: Uint8Array[] = [];
  let headBytes = 0;
  for await (const chunk of body) {
    signal?.throwIfAborted();
    if (decode) {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES)
        yield decode(chunk.subarray(at, at + PIECE_BYTES));
      continue;
    }
    head.push(chunk);
    headBytes += chunk.length;
    if (headBytes < wanted) continue;
    const start = concatenated(head, headBytes);
    decode = decoderFor(start, encoding);
    head = [];
    yield decode(start);
  }
  const rest = concatenated(head, decode ? 0 : headBytes);
  yield (decode ?? decoderFor(rest, encoding))(rest, true);
}

/** The whole text of a sample that may be cut anywhere. */
export const decodeSample = (sample: Uint8Array, encoding: string): string =>
  decoderFor(sample, encoding)(sample);

type Decode = (bytes: Uint8Array, isLast?: boolean) => string;

const decoderFor = (head: Uint8Array, setting: string): Decode => {
  const encoding = encodingOfBom(head) ?? (setting === "auto" ? detectEncoding(head) : setting);
  const decoder = new TextDecoder(encoding);
  const decode: Decode = (bytes, isLast = false) => withoutNul(decoder.decode(bytes, { stream: !isLast }));
  return encoding === "windows-1252" ? (...bytes) => repairWindows1252(decode(...bytes)) : decode;
};

const concatenated = (chunks: readonly Uint8Array[], bytes: number): Uint8Array => {
  const [first] = chunks;
  if (chunks.length === 1 && first) return first;
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
};

// Padding of records and ends of C strings. A blank keeps apart what it stood between.
const withoutNul = (text: string): string => (text.includes("\0") ? text.replaceAll("\0", " ") : text);

const BOM_BYTES = 3;
/** What is made of a piece is gone before the next: the memory of a list does not pile up, and its cleaning takes half the time. */
const PIECE_BYTES = 64 * 1024;
