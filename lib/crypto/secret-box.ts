import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

import { AppError } from "@/lib/domain/errors";
import { env } from "@/lib/env/server";
import type { EncryptionKey } from "@/lib/env/types";

const ALGORITHM = "aes-256-gcm";
const IV_BYTES = 12;
const VERSION = "v1";

/** Seals text as `v1.<keyId>.<iv>.<tag>.<data>`; `boundTo` (table and row) must be given again to open it. */
export const seal = (
  text: string,
  boundTo: string,
  keys: readonly EncryptionKey[] = env().ENCRYPTION_KEYS,
) => {
  const [first] = keys;
  if (!first) throw new AppError("invalid_input", "ENCRYPTION_KEYS names no key.");
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, first.key, iv);
  cipher.setAAD(Buffer.from(`${VERSION}.${first.id}.${boundTo}`));
  const data = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  const pieces = [iv, cipher.getAuthTag(), data].map((piece) => piece.toString("base64url"));
  return [VERSION, first.id, ...pieces].join(".");
};

/** Opens what `seal` made for the same row. Throws when the key is gone, the row differs or a bit changed. */
export const unseal = (
  sealed: string,
  boundTo: string,
  keys: readonly EncryptionKey[] = env().ENCRYPTION_KEYS,
): string => {
  const [version, keyId, iv, tag, data] = sealed.split(".");
  if (version !== VERSION || !keyId || !iv || !tag || data === undefined)
    throw new AppError("invalid_input", "A stored secret has an unknown form.");
  const found = keys.find(({ id }) => id === keyId);
  if (!found) {
    throw new AppError(
      "invalid_input",
      `A stored secret was sealed with the key “${keyId}”, which ENCRYPTION_KEYS no longer holds. Add it back, or enter the secret again.`,
    );
  }
  try {
    const decipher = createDecipheriv(ALGORITHM, found.key, Buffer.from(iv, "base64url"));
    decipher.setAAD(Buffer.from(`${VERSION}.${keyId}.${boundTo}`));
    decipher.setAuthTag(Buffer.from(tag, "base64url"));
    return Buffer.concat([decipher.update(Buffer.from(data, "base64url")), decipher.final()]).toString(
      "utf8",
    );
  } catch (cause) {
    throw new AppError("invalid_input", "A stored secret does not open: it was altered or moved.", { cause });
  }
};
