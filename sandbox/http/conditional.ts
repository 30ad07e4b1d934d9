import { createHash } from "node:crypto";

import { type Call } from "./call";
import { empty, type Headers, type Reply } from "./reply";

/** Serves a body with ETag and Last-Modified, or 304 when the caller holds it already (RFC 9110, 13.1). */
export const conditional = (
  call: Call,
  file: { contentType: string; body: string | Buffer; modifiedAt: Date; headers?: Headers },
): Reply => {
  const etag = `"${createHash("sha256").update(file.body).digest("hex").slice(0, 32)}"`;
  const headers: Headers = {
    etag,
    "last-modified": file.modifiedAt.toUTCString(),
    "cache-control": "no-cache",
    ...file.headers,
  };
  if (holdsIt(call, etag, file.modifiedAt)) return empty(304, headers);
  return { status: 200, headers: { "content-type": file.contentType, ...headers }, body: file.body };
};

const holdsIt = (call: Call, etag: string, modifiedAt: Date): boolean => {
  const known = call.headers["if-none-match"];
  if (known !== undefined) {
    return known.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
  }
  const since = Date.parse(call.headers["if-modified-since"] ?? "");
  return Number.isFinite(since) && Math.floor(modifiedAt.getTime() / 1000) * 1000 <= since;
};
