import "server-only";

import { createGunzip } from "node:zlib";

import { AppError } from "@/lib/domain/errors";
import type { FeedSettings } from "@/lib/domain/feed/feed";
import { decompressWith } from "@/lib/http/decompress";

import { describeZlibFailure } from "./describe-unpack-failure";
import { limitGrowth } from "./growth";
import { findPacking, MAGIC_BYTES } from "./packed";
import { readZip } from "./read-zip";

type Bytes = AsyncIterable<Uint8Array>;
type Settings = Pick<FeedSettings, "zipEntry" | "limits">;

/**
 * The list inside what was sent: a gzip file is unpacked while it arrives, of a zip archive the one file that is wanted;
 * anything else passes as it is. Told by its first bytes. Throws an AppError for what cannot be unpacked, is too large, or
 * breaks off (`later`); an archive in an archive is refused.
 */
export async function* unpack(
  source: Bytes,
  { zipEntry, limits }: Settings,
): AsyncGenerator<Uint8Array, void, undefined> {
  const packed = await peek(source);
  try {
    const found = findPacking(packed.head);
    if (found === null) {
      yield* packed.bytes();
      return;
    }
    if (found.packing === "other") throw unreadable(found.name);
    const maxBytes = limits.maxMegabytes * MEGABYTE;
    yield* assertUnpacked(
      found.packing === "gzip"
        ? readGzip(packed.bytes(), maxBytes)
        : readZip(packed.bytes(), { zipEntry, maxBytes }),
    );
  } finally {
    await packed.close();
  }
}

/** As many members as the file has; each is a file of its own, put together without a seam. */
const readGzip = async function* (source: Bytes, maxBytes: number): AsyncGenerator<Uint8Array> {
  let packedBytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      packedBytes += chunk.byteLength;
      yield chunk;
    }
  };
  try {
    const unpacked = decompressWith(counted(), () => createGunzip());
    yield* limitGrowth(unpacked, { maxBytes, packedBytes: () => packedBytes });
  } catch (error) {
    throw describeZlibFailure(error, "gzip file");
  }
};

const assertUnpacked = async function* (source: Bytes): AsyncGenerator<Uint8Array> {
  const inner = await peek(source);
  try {
    const nested = findPacking(inner.head);
    if (nested)
      throw new AppError(
        "upstream_rejected",
        `Inside there is ${nested.name} again, which is not unpacked. Publish the list packed once, as .gz or .zip.`,
      );
    yield* inner.bytes();
  } finally {
    await inner.close();
  }
};

/** The first bytes of a body, and the body from its start. */
const peek = async (source: Bytes) => {
  const iterator = source[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let size = 0;
  while (size < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    parts.push(next.value);
    size += next.value.byteLength;
  }
  return {
    head: Buffer.concat(parts).subarray(0, MAGIC_BYTES),
    bytes: async function* (): AsyncGenerator<Uint8Array> {
      yield* parts;
      yield* { [Symbol.asyncIterator]: () => iterator };
    },
    /** Lets go of the source, however far it was read. */
    close: async (): Promise<void> => {
      await iterator.return?.();
    },
  };
};

const unreadable = (name: string): AppError =>
  new AppError(
    "upstream_rejected",
    `This is ${name}, which cannot be read. Lists are read as text, or packed as .gz or .zip.`,
  );

const MEGABYTE = 1024 * 1024;
