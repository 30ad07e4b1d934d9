import type { EncryptionKey } from "./types";

const KEY_BYTES = 32;
const KEY_ID = /^[\w-]{1,32}$/;
const BASE64 = /^[\w+/-]+={0,2}$/;

/**
 * Reads `id:base64,…`: the first key encrypts, all decrypt. Returns the keys, or a sentence that says what is
 * wrong and repeats nothing of a key.
 */
export const parseEncryptionKeys = (text: string): EncryptionKey[] | string => {
  const keys: EncryptionKey[] = [];
  for (const [index, entry] of text.split(",").entries()) {
    const place = `entry ${String(index + 1)}`;
    const [id = "", encoded = "", ...rest] = entry.trim().split(":");
    if (rest.length > 0 || encoded === "") return `${place} is not of the form id:base64`;
    if (!KEY_ID.test(id)) return `the id of ${place} must be 1 to 32 letters, digits, "-" or "_"`;
    const key = BASE64.test(encoded) ? Buffer.from(encoded, "base64") : Buffer.alloc(0);
    if (key.length !== KEY_BYTES)
      return `the key "${id}" must be ${String(KEY_BYTES)} bytes in base64 (make one with: openssl rand -base64 32)`;
    if (keys.some((other) => other.id === id)) return `the id "${id}" stands twice`;
    keys.push({ id, key });
  }
  return keys;
};
