import "server-only";

import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { getStoredBody, readStoredList } from "@/lib/services/feeds/stored-body";
import { unpack } from "@/lib/services/feeds/unpack-body";

const MEGABYTE = 1024 * 1024;
const UNPACKING = feedSettingsSchema.parse({ limits: { maxMegabytes: 64 } });

/** The whole of an uploaded file, unpacked. Throws an AppError for one that is larger than `maxBytes` or no longer kept. */
export const readUploaded = async (
  teamId: string,
  previewId: string,
  maxBytes: number,
): Promise<Uint8Array> => {
  await getStoredBody(teamId, previewId, new Date());
  return gatherBytes(readStoredList(teamId, previewId, UNPACKING), maxBytes);
};

/** The whole of a file that arrives, unpacked. Throws an AppError for one that is larger than `maxBytes` or empty. */
export const readSent = (file: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> =>
  gatherBytes(unpack(file, UNPACKING), maxBytes);

const gatherBytes = async (source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of source) {
    size += part.byteLength;
    if (size > maxBytes) {
      const detail = `The file holds more than ${String(maxBytes / MEGABYTE)} MB. Send it in parts; for a list as long as that, make a feed of the file.`;
      throw new AppError("invalid_input", detail);
    }
    parts.push(part);
  }
  if (size === 0) throw new AppError("invalid_input", "The file is empty. Choose another one.");
  return Buffer.concat(parts, size);
};
