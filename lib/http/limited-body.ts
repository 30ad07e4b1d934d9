import { AppError } from "@/lib/domain/errors";

/** Reads a whole body of at most `maxBytes`; a longer one throws `upstream_rejected` and is let go of. */
export const readBytes = async (body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes)
      throw new AppError(
        "upstream_rejected",
        `The answer is longer than ${formatBytes(maxBytes)}, which is the limit here.`,
      );
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** A size as a person reads it: `14 KB`, `64 MB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1024) return `${String(bytes)} bytes`;
  if (bytes < 1024 * 1024) return `${String(Math.round(bytes / 1024))} KB`;
  return `${String(Math.round(bytes / (1024 * 1024)))} MB`;
};
