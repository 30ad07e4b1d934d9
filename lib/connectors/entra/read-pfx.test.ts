import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createSelfSigned, type SelfSigned } from "@/sandbox/entra/self-signed";

import { readCertificate } from "./read-certificate";
import { pfxToPem } from "./read-pfx";

const NOW = new Date("2026-11-24T12:00:00Z");
const PASSWORD = "correct horse";

let made: SelfSigned;
let issuer: SelfSigned;
let folder: string;
beforeAll(async () => {
  [made, issuer] = await Promise.all([createSelfSigned("sluice", NOW), createSelfSigned("issuer", NOW)]);
  folder = mkdtempSync(join(tmpdir(), "pfx-"));
  writeFileSync(join(folder, "key.pem"), made.privateKeyPem);
  writeFileSync(join(folder, "cert.pem"), made.certificatePem);
  writeFileSync(join(folder, "issuer.pem"), issuer.certificatePem);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** As people export it: by OpenSSL, which stands for Windows and Azure Key Vault, too. */
const exported = (...options: string[]): Buffer => {
  const file = join(folder, "out.pfx");
  const own = ["-inkey", join(folder, "key.pem"), "-in", join(folder, "cert.pem"), "-out", file];
  execFileSync("openssl", ["pkcs12", "-export", ...own, "-passout", `pass:${PASSWORD}`, ...options], {
    stdio: "pipe",
  });
  return readFileSync(file);
};

const legacy = (algorithm: "3des" | "rc2"): Buffer => {
  const key = forge.pki.privateKeyFromPem(made.privateKeyPem);
  const certificate = forge.pki.certificateFromPem(made.certificatePem);
  const store = forge.pkcs12.toPkcs12Asn1(key, [certificate], PASSWORD, { algorithm: "3des" });
  if (algorithm === "rc2") return exported("-legacy");
  return Buffer.from(forge.asn1.toDer(store).getBytes(), "binary");
};

describe("a PKCS#12 file", () => {
  it.each([
    ["AES-256 and SHA-256", () => exported()],
    ["AES-128", () => exported("-keypbe", "AES-128-CBC", "-certpbe", "AES-128-CBC")],
    ["a MAC by SHA-1", () => exported("-macalg", "sha1")],
    ["a MAC by SHA-512", () => exported("-macalg", "sha512")],
    ["3DES, as old tools make it", () => legacy("3des")],
    ["RC2 with 40 bits, as Windows made it", () => legacy("rc2")],
    ["its issuer's certificate, too", () => exported("-certfile", join(folder, "issuer.pem"))],
  ])("with %s gives the certificate and its key", (_what, make) => {
    const { credential, expiresAt } = readCertificate(pfxToPem(make(), PASSWORD), NOW);

    expect(credential.thumbprintSha256).toBe(made.registration.thumbprintSha256);
    expect(credential.privateKeyPem).toContain("BEGIN PRIVATE KEY");
    expect(expiresAt).toEqual(new Date("2027-11-24T12:00:00Z"));
  });

  it.each([
    ["another password", () => pfxToPem(exported(), "wrong"), "does not open with this password"],
    ["no password", () => pfxToPem(exported(), ""), "does not open with this password"],
    ["other bytes", () => pfxToPem(Buffer.from("no such thing"), PASSWORD), "not a PKCS#12 file"],
    ["nothing", () => pfxToPem(new Uint8Array(), PASSWORD), "not a PKCS#12 file"],
    ["no key", () => pfxToPem(exported("-nokeys"), PASSWORD), "no private key"],
  ])("with %s is refused with what to do", (_what, read, words) => {
    expect(read).toThrow(words);
  });
});
