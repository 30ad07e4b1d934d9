import { createHash } from "node:crypto";

/** What an application proves itself with. Never logged, never part of an error. */
export type ApplicationCredential =
  | { kind: "secret"; secret: string }
  | {
      kind: "certificate";
      /** PEM, PKCS#8, RSA. */
      privateKeyPem: string;
      /** 64 hexadecimal digits; colons are taken out. */
      thumbprintSha256: string;
      /** The certificate and those above it, PEM; only for applications that trust by subject name and issuer. */
      chainPem?: string | null;
    };

/** Tells two credentials apart without holding either; for use as a key in memory. */
export const credentialFingerprint = (credential: ApplicationCredential): string => {
  const hash = createHash("sha256").update(credential.kind).update("\0");
  if (credential.kind === "secret") return hash.update(credential.secret).digest("hex");
  return hash
    .update(credential.privateKeyPem)
    .update("\0")
    .update(credential.thumbprintSha256)
    .update("\0")
    .update(credential.chainPem ?? "")
    .digest("hex");
};

/** Node prints SHA-256 thumbprints with colons; MSAL would build a wrong header from these without complaint. */
export const plainThumbprint = (thumbprint: string): string => thumbprint.replaceAll(":", "").toLowerCase();
