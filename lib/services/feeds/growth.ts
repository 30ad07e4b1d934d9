import { AppError } from "@/lib/domain/errors";
import { formatBytes } from "@/lib/http/limited-body";

type Bytes = AsyncIterable<Uint8Array>;
type Growth = { maxBytes: number; packedBytes: () => number };

/** Passes unpacked bytes on until they are more than a list may be, or more than so few packed bytes can honestly hold. */
export const limitGrowth = async function* (
  source: Bytes,
  { maxBytes, packedBytes }: Growth,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    if (bytes > RATIO_FREE_BYTES && bytes > packedBytes() * MAX_RATIO) throw bomb();
    yield chunk;
  }
};

/** The failure of a file that is larger than its feed allows. */
export const tooLarge = (maxBytes: number): AppError =>
  new AppError(
    "upstream_rejected",
    `The file is larger than ${formatBytes(maxBytes)} when unpacked, which is this feed's limit. Nothing was changed. ` +
      "Raise the limit in the feed's settings if the list may be so large.",
  );

const bomb = (): AppError =>
  new AppError(
    "upstream_rejected",
    "The file grows out of all proportion when unpacked, as no list does; it was dropped. Nothing was changed.",
  );

const MAX_RATIO = 200;
/** A sheet of a million empty rows is 30 MB that pack to nothing: only what is larger than that is suspect. */
export const RATIO_FREE_BYTES = 64 * 1024 * 1024;
