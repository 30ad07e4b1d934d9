import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

import { AppError } from "@/lib/domain/errors";

import { decompressWith } from "./decompress";
import { describeNetworkFailure } from "./describe-network-failure";
import { formatBytes } from "./limited-body";

export type BodyLimits = {
  /** Bytes as they arrive. */
  maxWireBytes: number;
  /** Bytes after decompression. */
  maxDecodedBytes: number;
  /** Decoded bytes for each byte that arrived, once `ratioFreeBytes` are out. */
  maxRatio: number;
  ratioFreeBytes: number;
};

type Bytes = AsyncIterable<Uint8Array>;

/** The encodings of a Content-Encoding header, outermost last; throws `upstream_rejected` for one we did not ask for. */
export const parseContentEncoding = (header: string | null, host: string): readonly string[] => {
  const names = (header ?? "").split(",").map((name) => name.trim().toLowerCase());
  const encodings = names.filter((name) => name !== "" && name !== "identity");
  if (encodings.length <= MAX_ENCODINGS && encodings.every((name) => KNOWN_ENCODINGS.has(name)))
    return encodings;
  throw new AppError(
    "upstream_rejected",
    `${host} sent the answer in an encoding that was not asked for (${encodings.join(", ")}).`,
  );
};

type BodyFacts = {
  encodings: readonly string[];
  limits: BodyLimits;
  host: string;
  /** Of who asked for the body. */
  caller?: AbortSignal | undefined;
};

/**
 * Streams a body decompressed, within `limits`; a body that is too long, cut short or broken throws an AppError. When the
 * caller stops, its own reason is thrown: that says nothing about the host.
 */
export const readBody = async function* (
  source: Bytes,
  { encodings, limits, host, caller }: BodyFacts,
): AsyncGenerator<Uint8Array, void, undefined> {
  const wire = { bytes: 0 };
  let decodedBytes = 0;
  let body: Bytes = countWire(source, limits.maxWireBytes, host, wire);
  for (const encoding of encodings.toReversed())
    body = decompressWith(body, (start) => createDecoder(encoding, start));
  try {
    for await (const chunk of body) {
      decodedBytes += chunk.byteLength;
      if (decodedBytes > limits.maxDecodedBytes) throw tooLong(host, limits.maxDecodedBytes);
      if (decodedBytes > limits.ratioFreeBytes && decodedBytes > wire.bytes * limits.maxRatio)
        throw bomb(host);
      yield chunk;
    }
  } catch (error) {
    caller?.throwIfAborted();
    throw describeBodyFailure(error, host);
  }
};

const countWire = async function* (
  source: Bytes,
  maxBytes: number,
  host: string,
  wire: { bytes: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of source) {
    wire.bytes += chunk.byteLength;
    if (wire.bytes > maxBytes) throw tooLong(host, maxBytes);
    yield chunk;
  }
};

const createDecoder = (encoding: string, start: Uint8Array): Transform => {
  if (encoding === "br") return createBrotliDecompress();
  if (encoding !== "deflate") return createGunzip();
  // "deflate" means zlib by the standard, yet some servers send it bare; the first two bytes tell.
  const [first = 0, second = 0] = start;
  const isZlib = (first & 0x0f) === 8 && (start.byteLength < 2 || ((first << 8) | second) % 31 === 0);
  return isZlib ? createInflate() : createInflateRaw();
};

const describeBodyFailure = (error: unknown, host: string): unknown => {
  if (!(error instanceof Error) || error instanceof AppError || error.name === "AbortError") return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code === "Z_BUF_ERROR") {
    const message = `${host} ended the answer before it was complete. Nothing of it was used.`;
    return new AppError("upstream_unavailable", message, { retry: "later", cause: error });
  }
  if (code.startsWith("Z_") || code.startsWith("ERR_BROTLI") || code.startsWith("ERR__")) {
    const message = `${host} sent compressed data that cannot be unpacked.`;
    return new AppError("upstream_rejected", message, { cause: error });
  }
  return describeNetworkFailure(error, host);
};

const tooLong = (host: string, maxBytes: number): AppError =>
  new AppError(
    "upstream_rejected",
    `${host} sent more than ${formatBytes(maxBytes)}, which is the limit for one fetch.`,
  );

const bomb = (host: string): AppError =>
  new AppError(
    "upstream_rejected",
    `${host} sent data that grows out of all proportion when unpacked; it was dropped.`,
  );

const MAX_ENCODINGS = 2;
const KNOWN_ENCODINGS = new Set(["gzip", "x-gzip", "deflate", "br"]);
