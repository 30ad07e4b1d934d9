import { createHash, randomBytes } from "node:crypto";

/** 32 random bytes as URL-safe text behind a prefix that names what it opens. */
export const newSecret = (prefix: string): string => `${prefix}_${randomBytes(32).toString("base64url")}`;

/** What is stored of a secret that only its bearer keeps. Random secrets need no slow hash. */
export const hashSecret = (secret: string): Buffer => createHash("sha256").update(secret).digest();

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";

/** A password of 20 letters in groups of five (98 bits), easy to type once. */
export const newOneTimePassword = (): string => {
  const letters = Array.from({ length: 20 }, () => LETTERS.charAt(uniform(LETTERS.length)));
  return [0, 5, 10, 15].map((start) => letters.slice(start, start + 5).join("")).join("-");
};

// Rejection sampling: the remainder of a byte alone would favour the first letters.
const uniform = (limit: number): number => {
  for (;;) {
    const byte = randomBytes(1)[0] ?? 255;
    if (byte < 256 - (256 % limit)) return byte % limit;
  }
};
