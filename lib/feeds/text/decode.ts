import { concatenated } from "./concatenated";
import { detectEncoding, encodingOfBom } from "./encoding";
import { createEncodingSearch } from "./encoding-search";
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
  const search = encoding === "auto" ? createEncodingSearch() : createMarkSearch(encoding);
  let decode: Decode | null = null;
  let isStart = true;
  for await (const chunk of body) {
    signal?.throwIfAborted();
    let bytes = chunk;
    if (decode === null) {
      const step = search.push(chunk);
      if (step.encoding !== null) decode = decoderOf(step.encoding, isStart);
      bytes = step.bytes;
      isStart &&= bytes.length === 0;
    }
    for (let at = 0; at < bytes.length; at += PIECE_BYTES)
      yield (decode ?? decodeAscii)(bytes.subarray(at, at + PIECE_BYTES));
  }
  if (decode) {
    yield decode(new Uint8Array(), true);
    return;
  }
  const rest = search.end();
  yield decoderOf(rest.encoding, isStart)(rest.bytes, true);
}

/** The whole text of a sample that may be cut anywhere. */
export const decodeSample = (sample: Uint8Array, encoding: string): string =>
  decoderFor(sample, encoding)(sample);

type Decode = (bytes: Uint8Array, isLast?: boolean) => string;

const decoderFor = (head: Uint8Array, setting: string): Decode =>
  decoderOf(encodingOfBom(head) ?? (setting === "auto" ? detectEncoding(head) : setting), true);

// Only at the start of a body is a byte order mark none of its text.
const decoderOf = (encoding: string, isStart: boolean): Decode => {
  const decoder = new TextDecoder(encoding, { ignoreBOM: !isStart });
  const decode: Decode = (bytes, isLast = false) => withoutNul(decoder.decode(bytes, { stream: !isLast }));
  return encoding === "windows-1252" ? (...bytes) => repairWindows1252(decode(...bytes)) : decode;
};

const asciiDecoder = new TextDecoder();
const decodeAscii: Decode = (bytes) => withoutNul(asciiDecoder.decode(bytes));

/** Of a setting only a byte order mark knows better. */
const createMarkSearch = (setting: string): ReturnType<typeof createEncodingSearch> => {
  let head: Uint8Array[] = [];
  let headBytes = 0;
  const end = () => {
    const bytes = concatenated(head, headBytes);
    return { bytes, encoding: encodingOfBom(bytes) ?? setting };
  };
  return {
    push: (chunk) => {
      head.push(chunk);
      headBytes += chunk.length;
      if (headBytes < BOM_BYTES) return { bytes: new Uint8Array(), encoding: null };
      const found = end();
      head = [];
      return found;
    },
    end,
  };
};

// Padding of records and ends of C strings. A blank keeps apart what it stood between.
const withoutNul = (text: string): string => (text.includes("\0") ? text.replaceAll("\0", " ") : text);

const BOM_BYTES = 3;
/** What is made of a piece is gone before the next: the memory of a list does not pile up, and its cleaning takes half the time. */
const PIECE_BYTES = 64 * 1024;
