import { createHash } from "node:crypto";

/** What every API token begins with, so that secret scanners find one that leaked. */
export const TOKEN_PREFIX = "slu";

const TOKEN = /^slu_[\w-]{43}$/;

/** Whether the text could be an API token at all. */
export const isTokenText = (text: string): boolean => TOKEN.test(text);

/** What is stored of a token: SHA-256. 256 random bits need no slow hash. */
export const hashToken = (token: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(createHash("sha256").update(token).digest());
