import "server-only";

import { hash, verify } from "@node-rs/argon2";

/** OWASP's first choice for Argon2id, the library's default algorithm: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The Argon2id hash of a password, as it is stored. Spellings that Unicode holds equal are one password. */
export const hashPassword = (password: string): Promise<string> => hash(password.normalize("NFKC"), COST);

/**
 * Whether the password is the one behind the hash. Takes the same time without a hash (unknown user, invitation not yet
 * accepted), so that nobody learns who has an account.
 */
export const verifyPassword = async (passwordHash: string | null, password: string): Promise<boolean> => {
  const isRight = await verify(passwordHash ?? (await nobody()), password.normalize("NFKC"));
  return isRight && passwordHash !== null;
};

let nobodysHash: Promise<string> | undefined;
const nobody = (): Promise<string> => (nobodysHash ??= hashPassword("nobody's password"));
