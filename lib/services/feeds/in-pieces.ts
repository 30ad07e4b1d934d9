import { SNIFF_BYTES } from "@/lib/feeds/text/encoding";

/** Bytes in pieces of one size, the last one as long as it is. */
export async function* inPieces(
  source: AsyncIterable<Uint8Array>,
  pieceBytes: number,
): AsyncGenerator<Buffer, void, undefined> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of source) {
    parts.push(part);
    size += part.byteLength;
    if (size < pieceBytes) continue;
    const joined = Buffer.concat(parts);
    for (let start = 0; start + pieceBytes <= joined.length; start += pieceBytes)
      yield joined.subarray(start, start + pieceBytes);
    const rest = joined.subarray(joined.length - (joined.length % pieceBytes));
    parts = [rest];
    size = rest.length;
  }
  if (size > 0) yield Buffer.concat(parts);
}

/** As much of the beginning as is needed to see what a list is. */
export const readHead = async (source: AsyncIterable<Uint8Array>): Promise<Uint8Array> => {
  for await (const piece of inPieces(source, SNIFF_BYTES)) return piece;
  return new Uint8Array();
};
