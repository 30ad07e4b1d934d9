import { createHash } from "node:crypto";

import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from "jose";
import { z } from "zod";

/** The parts of an RSA key that may be published; what is not named is left out. */
const publicKeySchema = z.object({
  kty: z.literal("RSA"),
  use: z.literal("sig"),
  alg: z.literal("RS256"),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
});
type PublicKey = z.infer<typeof publicKeySchema>;

let processKey: Promise<JWK> | null = null;

/** The signing key of sandboxes without a state file: one per process, since making one takes a while. */
export const sharedSigningKey = (): Promise<JWK> => (processKey ??= createSigningKey());

/** A new RSA key pair as a private JWK with `kid`. */
export const createSigningKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = createHash("sha256")
    .update(jwk.n ?? "")
    .digest("base64url")
    .slice(0, 27);
  return { ...jwk, kid, alg: "RS256", use: "sig" };
};

/** The half of a signing key that anybody may see. */
export const publicHalf = (jwk: JWK): PublicKey => publicKeySchema.parse(jwk);

/** The key that signs tokens, in the form `jose` works with. */
export const signingKeyOf = (jwk: JWK): Promise<CryptoKey> => importOnce(signingKeys, jwk, jwk);

/** The key that checks tokens, in the form `jose` works with. */
export const verifyingKeyOf = (jwk: JWK): Promise<CryptoKey> =>
  importOnce(verifyingKeys, jwk, publicHalf(jwk));

const importOnce = (known: WeakMap<JWK, Promise<CryptoKey>>, owner: JWK, half: JWK): Promise<CryptoKey> => {
  const imported = known.get(owner) ?? importRsa(half);
  known.set(owner, imported);
  return imported;
};

const importRsa = async (jwk: JWK): Promise<CryptoKey> => {
  const key = await importJWK(jwk, "RS256");
  if (key instanceof Uint8Array) throw new Error("The signing key is not an RSA key.");
  return key;
};

// Importing takes longer than signing, and every request needs a key.
const signingKeys = new WeakMap<JWK, Promise<CryptoKey>>();
const verifyingKeys = new WeakMap<JWK, Promise<CryptoKey>>();
