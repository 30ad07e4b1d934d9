import { describe, expect, it } from "vitest";

import { readCertificate } from "./read-certificate";
import { pfxToPem } from "./read-pfx";
// Made with `openssl pkcs12 -export`, for a certificate that serves nothing else.
import fixtures from "./testing/pfx-files.json";

const NOW = new Date("2026-11-29T12:00:00Z");
const PASSWORD = "correct horse";
const fileOf = (name: keyof typeof fixtures.files): Buffer => Buffer.from(fixtures.files[name], "base64");

describe("a PKCS#12 file", () => {
  it.each([
    ["AES-256 and SHA-256", "aes256"],
    ["AES-128", "aes128"],
    ["a MAC by SHA-1", "macSha1"],
    ["a MAC by SHA-512", "macSha512"],
    ["3DES, as old tools make it", "tripleDes"],
    ["RC2 with 40 bits, as Windows made it", "rc2"],
    ["its issuer's certificate, too", "withIssuer"],
  ] as const)("with %s gives the certificate and its key", (_what, name) => {
    const { credential, subject } = readCertificate(pfxToPem(fileOf(name), PASSWORD), NOW);

    expect(credential.thumbprintSha256).toBe(fixtures.thumbprintSha256);
    expect(credential.privateKeyPem).toContain("BEGIN PRIVATE KEY");
    expect(subject).toContain("sluice test");
  });

  it.each([
    ["another password", () => pfxToPem(fileOf("aes256"), "wrong"), "does not open with this password"],
    ["no password", () => pfxToPem(fileOf("rc2"), ""), "does not open with this password"],
    ["other bytes", () => pfxToPem(Buffer.from("no such thing"), PASSWORD), "not a PKCS#12 file"],
    ["nothing", () => pfxToPem(new Uint8Array(), PASSWORD), "not a PKCS#12 file"],
    ["two million rounds", () => pfxToPem(fileOf("dear"), PASSWORD), "more than 600,000 rounds"],
    ["a key that is not RSA", () => pfxToPem(fileOf("ecKey"), PASSWORD), "not an RSA key"],
    ["no key", () => pfxToPem(fileOf("noKey"), PASSWORD), "no private key"],
  ])("with %s is refused with what to do", (_what, read, words) => {
    expect(read).toThrow(words);
  });
});
