import { pipeline, Readable, type Transform } from "node:stream";

type Bytes = AsyncIterable<Uint8Array>;

/** What a decoder makes of a body, piece by piece. It is chosen by the first bytes; an empty body has none to choose by. */
export const decompressWith = async function* (
  source: Bytes,
  createDecoder: (start: Uint8Array) => Transform,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return;
  const input = Readable.from(prepend(first.value, iterator), { objectMode: false });
  const decoder = createDecoder(first.value);
  // Errors of either side reach the reader through the decoder, which pipeline destroys with them.
  pipeline(input, decoder, () => undefined);
  for await (const chunk of decoder) if (chunk instanceof Uint8Array) yield chunk;
};

const prepend = async function* (
  first: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield first;
  yield* { [Symbol.asyncIterator]: () => rest };
};
