import forge from "node-forge";

import { AppError } from "@/lib/domain/errors";

import { countRounds, MAX_ROUNDS, TooManyRounds, withinRounds } from "./password-rounds";
import { notRsa } from "./read-certificate";

/**
 * Takes a PKCS#12 file (.pfx, .p12) apart: the key and the certificate that belongs to it first, then the others, as PEM text.
 * Reads modern files (PBES2 with AES) and those of old tools (RC2, 3DES). Throws `invalid_input` with what to do; never repeats
 * file or password.
 */
export const pfxToPem = (pfx: Uint8Array, password: string): string => {
  const file = open(pfx, password);
  const [key] = bagsOf(file, forge.pki.oids["pkcs8ShroudedKeyBag"]).concat(
    bagsOf(file, forge.pki.oids["keyBag"]),
  );
  if (!key)
    throw unusable("There is no private key in this file", "Export the certificate together with its key");
  // The library knows no other kind.
  if (!key.key) throw notRsa();
  const certificates = bagsOf(file, forge.pki.oids["certBag"]);
  if (certificates.length === 0)
    throw unusable("There is no certificate in this file", "Export the certificate together with its key");
  const leaf = certificates.find((bag) => isOfKey(bag, key)) ?? certificates[0];
  const ordered = [leaf, ...certificates.filter((bag) => bag !== leaf)];
  return [
    forge.pki.privateKeyToPem(key.key),
    ...ordered.map((bag) => (bag ? certificateToPem(bag) : "")),
  ].join("\n");
};

const open = (pfx: Uint8Array, password: string): forge.pkcs12.Pkcs12Pfx => {
  let asn1: forge.asn1.Asn1;
  try {
    asn1 = forge.asn1.fromDer(forge.util.createBuffer(Buffer.from(pfx).toString("binary")));
  } catch {
    throw unusable(
      "This is not a PKCS#12 file",
      "Choose the .pfx or .p12 file that holds the certificate with its key",
    );
  }
  if (countRounds(asn1) > MAX_ROUNDS) throw tooDear();
  try {
    return withinRounds(() => forge.pkcs12.pkcs12FromAsn1(asn1, true, password));
  } catch (error) {
    if (error instanceof TooManyRounds) throw tooDear();
    // The library tells a wrong password and a damaged file apart by texts that are no contract, and may quote bytes.
    throw unusable(
      "The file does not open with this password",
      "Enter the password that was chosen when it was exported; if that is right, export it anew with an RSA key",
    );
  }
};

const bagsOf = (file: forge.pkcs12.Pkcs12Pfx, bagType: string | undefined): forge.pkcs12.Bag[] =>
  bagType === undefined ? [] : (file.getBags({ bagType })[bagType] ?? []);

/** By the id that the exporting tool gives both; a file without ids holds its own certificate first. */
const isOfKey = (certificate: forge.pkcs12.Bag, key: forge.pkcs12.Bag): boolean => {
  const ids = [certificate, key].map(({ attributes }) => localKeyIdOf(attributes));
  return ids[0] !== null && ids[0] === ids[1];
};

const localKeyIdOf = (attributes: unknown): string | null => {
  const value: unknown =
    typeof attributes === "object" && attributes !== null && "localKeyId" in attributes
      ? attributes.localKeyId
      : null;
  const [id] = Array.isArray(value) ? (value as unknown[]) : [];
  return typeof id === "string" ? id : null;
};

const certificateToPem = ({ cert, asn1 }: forge.pkcs12.Bag): string =>
  // A certificate whose key the library cannot read is handed on as it stands.
  cert
    ? forge.pki.certificateToPem(cert)
    : forge.pem.encode({ type: "CERTIFICATE", body: forge.asn1.toDer(asn1).getBytes() });

const tooDear = (): AppError =>
  unusable(
    `The file asks for more than ${MAX_ROUNDS.toLocaleString("en")} rounds to try a password`,
    "Export it anew with the usual settings",
  );

const unusable = (what: string, fix: string): AppError => new AppError("invalid_input", `${what}. ${fix}.`);
