import { isAscii } from "node:buffer";

import { concatenated } from "./concatenated";
import { detectEncodingWithin, encodingOfStart, SNIFF_BYTES } from "./encoding";

type Step = {
  /** What may be read now; in `encoding`, or, while that is null, in any: it is ASCII. */
  bytes: Uint8Array;
  encoding: string | null;
};

/**
 * Finds the encoding of a body while it arrives. UTF-16 shows at the beginning. All others read ASCII alike, so the decision
 * waits for the first other byte and is made by the 64 KB from there on. Never more than that and one chunk are held back.
 */
export const createEncodingSearch = () => {
  let stage: "start" | "ascii" | "window" = "start";
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  /** The end of what has passed: the letter and the line ends before a window tell, too. */
  let before: Uint8Array = NOTHING.bytes;

  const hold = (bytes: Uint8Array): void => {
    held.push(bytes);
    heldBytes += bytes.length;
  };
  const take = (): Uint8Array => {
    const bytes = concatenated(held, heldBytes);
    held = [];
    heldBytes = 0;
    return bytes;
  };
  const pass = (bytes: Uint8Array): Step => {
    before = endOf(before, bytes);
    return { bytes, encoding: null };
  };
  const decide = () => {
    const bytes = take();
    const window = bytes.subarray(0, SNIFF_BYTES);
    const seen = concatenated([before, window], before.length + window.length);
    return { bytes, encoding: detectEncodingWithin(seen) };
  };
  const advance = (isLast: boolean): Step => {
    const isEnough = isLast || heldBytes >= SNIFF_BYTES;
    if (stage !== "ascii" && !isEnough) return NOTHING;
    if (stage === "window") return decide();
    const bytes = take();
    const encoding = stage === "start" ? encodingOfStart(bytes.subarray(0, SNIFF_BYTES)) : null;
    if (encoding !== null) return { bytes, encoding };
    stage = "ascii";
    const at = isAscii(bytes) ? bytes.length : bytes.findIndex(isNotAscii);
    if (at < bytes.length) {
      stage = "window";
      hold(bytes.subarray(at));
    }
    return pass(bytes.subarray(0, at));
  };

  return {
    push: (chunk: Uint8Array): Step => {
      hold(chunk);
      return advance(false);
    },
    /** What is left, once the body has ended. */
    end: (): { bytes: Uint8Array; encoding: string } => {
      const { bytes, encoding } = advance(true);
      if (encoding !== null) return { bytes, encoding };
      const last = decide();
      return { ...last, bytes: concatenated([bytes, last.bytes], bytes.length + last.bytes.length) };
    },
  };
};

/** The encoding of a body as `decodeText` finds it; of ASCII alone, or where the first `maxBytes` are, UTF-8. */
export const findEncoding = async (body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<string> => {
  const search = createEncodingSearch();
  let bytes = 0;
  for await (const chunk of body) {
    const { encoding } = search.push(chunk);
    if (encoding !== null) return encoding;
    bytes += chunk.length;
    if (bytes >= maxBytes) break;
  }
  return search.end().encoding;
};

const endOf = (before: Uint8Array, bytes: Uint8Array): Uint8Array =>
  bytes.length >= BEFORE_BYTES
    ? bytes.slice(-BEFORE_BYTES)
    : concatenated([before, bytes], before.length + bytes.length).slice(-BEFORE_BYTES);

const isNotAscii = (byte: number): boolean => byte > 0x7f;

const BEFORE_BYTES = 1_024;
const NOTHING: Step = { bytes: new Uint8Array(), encoding: null };
