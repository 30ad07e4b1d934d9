import "server-only";

import { randomUUID } from "node:crypto";
import { open, unlink, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, createInflateRaw } from "node:zlib";

import { type Entry, fromFdPromise, getFileNameLowLevel, type ZipFile } from "yauzl";

import { AppError } from "@/lib/domain/errors";
import { decompressWith } from "@/lib/http/decompress";

import { cutOff, describeArchiveFailure, describeDiskFailure, encrypted } from "./describe-unpack-failure";
import { limitGrowth, tooLarge } from "./growth";
import { chooseEntry } from "./zip-entry";

type Bytes = AsyncIterable<Uint8Array>;
type Options = { zipEntry: string | null; maxBytes: number };

/**
 * The one wanted file of a zip archive. Which files it holds stands at its end, so it is first written to a temporary file
 * that nobody sees and that is gone with its reader, even when the process dies.
 */
export async function* readZip(
  source: Bytes,
  { zipEntry, maxBytes }: Options,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await onDisk(openNameless);
  try {
    await writeTo(file, source, maxBytes);
    yield* readWanted(file, { zipEntry, maxBytes });
  } finally {
    await file.close();
  }
}

const openNameless = async (): Promise<FileHandle> => {
  const path = join(tmpdir(), `sluice-${randomUUID()}.zip`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path);
  return file;
};

const writeTo = async (file: FileHandle, source: Bytes, maxBytes: number): Promise<void> => {
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    // Unlike `write`, it goes on until all of it is written.
    await onDisk(() => file.writeFile(chunk));
  }
};

// Only what the disk throws is put into words here: the source's own failures are its own.
const onDisk = async <Result>(act: () => Promise<Result>): Promise<Result> => {
  try {
    return await act();
  } catch (error) {
    throw describeDiskFailure(error);
  }
};

const readWanted = async function* (
  file: FileHandle,
  { zipEntry, maxBytes }: Options,
): AsyncGenerator<Uint8Array> {
  try {
    const archive = await fromFdPromise(file.fd, OPTIONS);
    const { name, entry } = chooseEntry(await listEntries(archive), zipEntry);
    assertReadable(name, entry);
    yield* limitGrowth(readEntry(archive, entry), { maxBytes, packedBytes: () => entry.compressedSize });
  } catch (error) {
    throw describeArchiveFailure(error);
  }
};

type Named = { name: string; entry: Entry };

const listEntries = async (archive: ZipFile): Promise<Named[]> => {
  const entries: Named[] = [];
  let nameBytes = 0;
  for await (const entry of archive.eachEntry()) {
    const { generalPurposeBitFlag: flags, fileNameRaw, extraFields } = entry;
    nameBytes += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (entries.length === MAX_ENTRIES || nameBytes > MAX_NAME_BYTES)
      throw new AppError(
        "upstream_rejected",
        `The zip archive holds more than ${MAX_ENTRIES.toLocaleString("en-US")} files, or very long names. Publish the list by itself.`,
      );
    entries.push({ name: getFileNameLowLevel(flags, fileNameRaw, extraFields, false), entry });
  }
  return entries;
};

const assertReadable = (name: string, entry: Entry): void => {
  const subject = `file “${name.slice(0, 200)}” in the zip archive`;
  if (entry.isEncrypted()) throw encrypted(subject);
  if (entry.canDecodeFileData()) return;
  throw new AppError(
    "upstream_rejected",
    `The ${subject} is compressed by method ${String(entry.compressionMethod)}, which cannot be read. Pack it with the usual method (Deflate).`,
  );
};

/** The file's bytes; what is left out or other than the archive says of it fails at the end. */
const readEntry = async function* (archive: ZipFile, entry: Entry): AsyncGenerator<Uint8Array> {
  // Left to the reader of archives, errors in the middle would not end the stream.
  const packed: Bytes = await archive.openReadStreamPromise(entry, { decodeFileData: false });
  const bytes =
    entry.compressionMethod === STORED ? packed : decompressWith(packed, () => createInflateRaw());
  let size = 0;
  let checksum = 0;
  for await (const chunk of bytes) {
    size += chunk.byteLength;
    checksum = crc32(chunk, checksum);
    yield chunk;
  }
  if (size !== entry.uncompressedSize || checksum !== entry.crc32) throw cutOff("zip archive");
};

// Names lead nowhere here, so any will do; sizes and the checksum are looked at where the bytes are.
const OPTIONS = { autoClose: false, decodeStrings: false, validateEntrySizes: false };
const STORED = 0;
const MAX_ENTRIES = 10_000;
const MAX_NAME_BYTES = 16 * 1024 * 1024;
