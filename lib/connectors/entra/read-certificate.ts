import { createPrivateKey, X509Certificate, type KeyObject } from "node:crypto";

import forge from "node-forge";

import { AppError } from "@/lib/domain/errors";

import { plainThumbprint, type ApplicationCredential } from "./credential";
import { countRounds, MAX_ROUNDS } from "./password-rounds";

export type ReadCertificate = {
  credential: Extract<ApplicationCredential, { kind: "certificate" }>;
  subject: string;
  expiresAt: Date;
};

/**
 * Reads what a person pasted: one certificate (others may follow it) and its RSA key, as PEM in any order; a key with a password
 * needs it. Throws `invalid_input` with what to change, never repeating the text.
 */
export const readCertificate = (pem: string, now: Date, password?: string): ReadCertificate => {
  const [leafPem] = pem.match(CERTIFICATE) ?? [];
  const [keyPem] = PRIVATE_KEY.exec(pem) ?? [];
  if (leafPem === undefined)
    throw unusable("There is no certificate in this text", "Paste the PEM block of the certificate");
  if (keyPem === undefined)
    throw unusable("There is no private key in this text", "Paste the key's PEM block below the certificate");
  const certificate = parse(() => new X509Certificate(leafPem), "The certificate cannot be read");
  const key = readKey(keyPem, password);
  if (!certificate.checkPrivateKey(key)) {
    throw unusable(
      "The private key does not belong to the certificate",
      "Put the leaf certificate first, with its own key",
    );
  }
  const expiresAt = new Date(certificate.validTo);
  if (expiresAt <= now) {
    throw unusable(
      `The certificate ended on ${expiresAt.toISOString().slice(0, 10)}`,
      "Use one that is still valid",
    );
  }
  return {
    credential: {
      kind: "certificate",
      privateKeyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
      thumbprintSha256: plainThumbprint(certificate.fingerprint256),
    },
    subject: certificate.subject,
    expiresAt,
  };
};

const readKey = (pem: string, password: string | undefined): KeyObject => {
  const isLocked = pem.includes("ENCRYPTED");
  if (isLocked && password === undefined)
    throw unusable(
      "The private key has a password",
      "Enter it beside the certificate, or export the key without one",
    );
  if (isLocked && roundsOf(pem) > MAX_ROUNDS)
    throw unusable(
      `The private key asks for more than ${MAX_ROUNDS.toLocaleString("en")} rounds to try a password`,
      "Export it anew with the usual settings",
    );
  const key = isLocked
    ? parse(
        () => createPrivateKey({ key: pem, passphrase: password }),
        "The private key does not open with this password",
      )
    : parse(() => createPrivateKey(pem), "The private key cannot be read");
  if (key.asymmetricKeyType === "rsa") return key;
  throw notRsa();
};

/** A key that Entra ID takes no signature of. */
export const notRsa = (): AppError =>
  unusable("The private key is not an RSA key", "Entra ID takes RSA certificates of 2048 bits or more");

/** An encrypted key says it in the open. Other kinds of protection have no rounds. */
const roundsOf = (pem: string): number => {
  if (!pem.includes("BEGIN ENCRYPTED PRIVATE KEY")) return 0;
  return parse(() => {
    const block = forge.pem.decode(pem).find(({ type }) => type === "ENCRYPTED PRIVATE KEY");
    return block ? countRounds(forge.asn1.fromDer(block.body)) : Infinity;
  }, "The private key cannot be read");
};

const parse = <T>(read: () => T, what: string): T => {
  try {
    return read();
  } catch {
    // OpenSSL's own text may quote the input, so it is not kept as a cause.
    throw unusable(what, "Paste the whole PEM block, with its BEGIN and END lines");
  }
};

const unusable = (what: string, fix: string): AppError => new AppError("invalid_input", `${what}. ${fix}.`);

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ([A-Z ]*)PRIVATE KEY-----[\s\S]*?-----END \1PRIVATE KEY-----/;
