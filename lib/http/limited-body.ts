import { AppError } from "@/lib/domain/errors";

/** Reads a whole body of at most `maxBytes`; a longer one throws `upstream_rejected`. */
export const readBytes = async (body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> => {
  const { bytes, isWhole } = await readStart(body, maxBytes);
  if (isWhole) return bytes;
  throw new AppError(
    "upstream_rejected",
    `The answer is longer than ${formatBytes(maxBytes)}, which is the limit here.`,
  );
};

/** Reads at most the first `maxBytes` of a body and lets go of the rest; `isWhole` says whether that was all. */
export const readStart = async (
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; isWhole: boolean }> => {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    const room = maxBytes - size;
    if (chunk.byteLength > room) {
      chunks.push(chunk.subarray(0, room));
      return { bytes: Buffer.concat(chunks), isWhole: false };
    }
    chunks.push(chunk);
    size += chunk.byteLength;
  }
  return { bytes: Buffer.concat(chunks), isWhole: true };
};

/** Reads a body as text in a WHATWG encoding (UTF-8 by default; a byte order mark is dropped). */
export const readText = async (
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
  encoding = "utf-8",
): Promise<string> => new TextDecoder(encoding).decode(await readBytes(body, maxBytes));

/** Reads a body as JSON; throws `upstream_rejected` when it is something else. The caller parses the shape. */
export const readJson = async (body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<unknown> => {
  const text = await readText(body, maxBytes);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const looksLikePage = /^\s*</.test(text);
    const what = looksLikePage ? "a web page or XML" : "text that is not valid JSON";
    throw new AppError("upstream_rejected", `The answer is ${what}, where JSON was expected.`, { cause });
  }
};

/** A size as a person reads it: `14 KB`, `64 MB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1024) return `${String(bytes)} bytes`;
  if (bytes < 1024 * 1024) return `${String(Math.round(bytes / 1024))} KB`;
  return `${String(Math.round(bytes / (1024 * 1024)))} MB`;
};
