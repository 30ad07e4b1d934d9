import { type IncomingMessage } from "node:http";
import { gunzip } from "node:zlib";
import { promisify } from "node:util";

import { json, Refusal } from "./reply";

/** The largest request body, in bytes, before and after decompression. */
export const MAX_BODY_BYTES = 50 * 1024 * 1024;

const gunzipAsync = promisify(gunzip);

/** Reads a request's body whole (gzip understood). Throws a `Refusal` with 413 above `MAX_BODY_BYTES`, 400 or 415 when it cannot be decoded. */
export const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) continue;
    size += chunk.length;
    // What is too much is read to its end and forgotten: leaving early would close the connection on the answer.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (size > MAX_BODY_BYTES) throw tooLarge();
  const raw = Buffer.concat(chunks);
  const encoding = (request.headers["content-encoding"] ?? "identity").toLowerCase();
  if (encoding === "identity" || raw.length === 0) return raw;
  if (encoding !== "gzip") {
    throw refuse(415, "UnsupportedMediaType", `Content encoding ${encoding} is not understood.`);
  }
  try {
    return await gunzipAsync(raw, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    throw refuse(400, "BadRequest", "The gzip body cannot be decompressed.");
  }
};

const refuse = (status: number, code: string, message: string): Refusal =>
  new Refusal(json(status, { error: { code, message } }, { connection: "close" }));

const tooLarge = (): Refusal =>
  refuse(413, "RequestEntityTooLarge", `The body is larger than ${String(MAX_BODY_BYTES)} bytes.`);
