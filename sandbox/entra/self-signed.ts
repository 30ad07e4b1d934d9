import { createHash, generateKeyPair, randomBytes, sign, X509Certificate, type KeyObject } from "node:crypto";
import { promisify } from "node:util";

import { type Certificate } from "../state/directory";

const generateKeyPairAsync = promisify(generateKeyPair);

const SHA256_WITH_RSA = "06092a864886f70d01010b0500";
const COMMON_NAME = "0603550403";

export type SelfSigned = { privateKeyPem: string; certificatePem: string; registration: Certificate };

/** A new RSA key with a self-signed X.509 certificate, valid for a year from `now`, as an administrator would upload. */
export const createSelfSigned = async (commonName: string, now: Date): Promise<SelfSigned> => {
  const { privateKey, publicKey } = await generateKeyPairAsync("rsa", { modulusLength: 2048 });
  const name = der(0x30, der(0x31, der(0x30, hex(COMMON_NAME), der(0x0c, Buffer.from(commonName, "utf8")))));
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.from([2]))),
    // A leading 0x01 keeps the random serial number positive.
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    der(0x30, hex(SHA256_WITH_RSA)),
    name,
    der(0x30, time(now), time(new Date(now.getTime() + 365 * 86_400_000))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = sign("sha256", body, privateKey);
  const certificate = der(
    0x30,
    body,
    der(0x30, hex(SHA256_WITH_RSA)),
    der(0x03, Buffer.from([0]), signature),
  );
  return {
    privateKeyPem: exportPem(privateKey),
    certificatePem: toPem(certificate),
    registration: registrationOf(new X509Certificate(certificate)),
  };
};

/** What Entra ID keeps of an uploaded certificate. */
export const registrationOf = (certificate: X509Certificate): Certificate => ({
  thumbprintSha256: createHash("sha256").update(certificate.raw).digest("hex"),
  thumbprintSha1: createHash("sha1").update(certificate.raw).digest("hex"),
  publicKeyPem: certificate.publicKey.export({ type: "spki", format: "pem" }).toString(),
});

const exportPem = (key: KeyObject): string => key.export({ type: "pkcs8", format: "pem" }).toString();

const toPem = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${(bytes.toString("base64").match(/.{1,64}/g) ?? []).join("\n")}\n-----END CERTIFICATE-----\n`;

const hex = (digits: string): Buffer => Buffer.from(digits, "hex");

/** GeneralizedTime, which has no year 2050 problem. */
const time = (at: Date): Buffer =>
  der(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`, "ascii"));

/** One ASN.1 element in DER: tag, length, content. */
const der = (tag: number, ...content: Buffer[]): Buffer => {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.from([tag, body.length]), body]);
  const length = hex(body.length.toString(16).padStart(body.length > 0xff ? 4 : 2, "0"));
  return Buffer.concat([Buffer.from([tag, 0x80 | length.length]), length, body]);
};
