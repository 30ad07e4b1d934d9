import { type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { type Reply } from "./reply";

/** Sends an answer, or as much of it as `cutAfterBytes` allows. A caller who hangs up is no error. */
export const send = async (response: ServerResponse, reply: Reply, headOnly: boolean): Promise<void> => {
  const headers: Record<string, string> = { ...reply.headers };
  if (typeof reply.body === "string" || Buffer.isBuffer(reply.body)) {
    const bytes = Buffer.from(reply.body);
    if (reply.status !== 204 && reply.status !== 304) headers["content-length"] = String(bytes.length);
    response.writeHead(reply.status, headers);
    if (reply.cutAfterBytes !== undefined) {
      cut(response, bytes.subarray(0, Math.min(reply.cutAfterBytes, Math.max(0, bytes.length - 1))));
      return;
    }
    response.end(headOnly ? undefined : bytes);
    return;
  }
  response.writeHead(reply.status, headers);
  if (headOnly) {
    response.end();
    return;
  }
  try {
    await pipeline(Readable.from(reply.body), response);
  } catch (error) {
    if (!isHangUp(error)) throw error;
  }
};

const cut = (response: ServerResponse, bytes: Buffer): void => {
  if (bytes.length === 0) {
    response.flushHeaders();
    response.socket?.end(() => response.destroy());
    return;
  }
  // The bytes must leave before the connection dies, or the caller would see a reset instead of a short body.
  response.write(bytes, () => response.socket?.end(() => response.destroy()));
};

const isHangUp = (error: unknown): boolean =>
  error instanceof Error &&
  "code" in error &&
  ["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET", "EPIPE"].includes(String(error.code));
