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
    }
  /** Azure vouches for the machine we run on; `assigned` says which of its identities signs in. */
  | { kind: "managed-identity"; assigned: "system" | "user" }
  /** A token that the cluster writes into a file vouches for us. */
  | { kind: "workload-identity"; tokenFile: string };

/** Tells two credentials apart without holding either; for use as a key in memory. */
export const credentialFingerprint = (credential: ApplicationCredential): string => {
  const hash = createHash("sha256").update(credential.kind).update("\0");
  for (const part of partsOf(credential)) hash.update(part).update("\0");
  return hash.digest("hex");
};

const partsOf = (credential: ApplicationCredential): string[] => {
  switch (credential.kind) {
    case "secret":
      return [credential.secret];
    case "certificate":
      return [credential.privateKeyPem, credential.thumbprintSha256, credential.chainPem ?? ""];
    case "managed-identity":
      return [credential.assigned];
    case "workload-identity":
      return [credential.tokenFile];
  }
};

/** Node prints SHA-256 thumbprints with colons; MSAL would build a wrong header from these without complaint. */
export const plainThumbprint = (thumbprint: string): string => thumbprint.replaceAll(":", "").toLowerCase();
