import { readBytes } from "../limited-body";

/** A body of a test's own server as text. */
export const readText = async (body: AsyncIterable<Uint8Array>): Promise<string> =>
  new TextDecoder().decode(await readBytes(body, 1_000_000));
