import { createPrivateKey, generateKeyPairSync } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { createSelfSigned, type SelfSigned } from "@/sandbox/entra/self-signed";

import { readCertificate } from "./read-certificate";

const NOW = new Date("2026-11-24T12:00:00Z");

describe("readCertificate", () => {
  let made: SelfSigned;
  let other: SelfSigned;
  beforeAll(async () => {
    [made, other] = await Promise.all([createSelfSigned("sluice", NOW), createSelfSigned("other", NOW)]);
  });

  it.each(["certificate first", "key first"])("reads certificate and key, %s", (order) => {
    const parts = [made.certificatePem, made.privateKeyPem];
    const read = readCertificate((order === "key first" ? parts.toReversed() : parts).join("\n"), NOW);

    expect(read.credential.thumbprintSha256).toBe(made.registration.thumbprintSha256);
    expect(read.credential.privateKeyPem).toContain("BEGIN PRIVATE KEY");
    expect(read.expiresAt).toEqual(new Date("2027-11-24T12:00:00Z"));
    expect(read.subject).toContain("sluice");
  });

  it("refuses what cannot sign in, and says what to change", () => {
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      type: "pkcs8",
      format: "pem",
    });
    const locked = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({
      type: "pkcs8",
      format: "pem",
      cipher: "aes-256-cbc",
      passphrase: "x",
    });
    const cases: [string, string][] = [
      ["", "no certificate"],
      [made.privateKeyPem, "no certificate"],
      [made.certificatePem, "no private key"],
      [made.certificatePem + other.privateKeyPem, "does not belong"],
      [made.certificatePem + ec.toString(), "not an RSA key"],
      [made.certificatePem + locked.toString(), "has a password"],
      [
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n" + made.privateKeyPem,
        "cannot be read",
      ],
    ];
    for (const [pem, words] of cases) expect(() => readCertificate(pem, NOW)).toThrow(words);
  });

  it("opens a key by its password, and not by another", () => {
    const locked = createPrivateKey(made.privateKeyPem)
      .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "x" })
      .toString();

    const read = readCertificate(made.certificatePem + locked, NOW, "x");

    expect(read.credential.privateKeyPem).toContain("BEGIN PRIVATE KEY");
    expect(() => readCertificate(made.certificatePem + locked, NOW, "y")).toThrow("does not open");
  });

  it("refuses a certificate that has ended", () => {
    const pem = made.certificatePem + made.privateKeyPem;

    expect(() => readCertificate(pem, new Date("2028-01-01T00:00:00Z"))).toThrow("ended on 2027-11-24");
  });
});
