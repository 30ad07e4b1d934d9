import { randomBytes } from "node:crypto";

import { describe, expect, it } from "vitest";

import { seal, unseal } from "./secret-box";

const old = { id: "2025", key: randomBytes(32) };
const current = { id: "2026", key: randomBytes(32) };

describe("the secret box", () => {
  it("opens what it sealed for the same row", () => {
    expect(unseal(seal("s3cret", "credential:1", [current]), "credential:1", [current])).toBe("s3cret");
  });

  it("opens a secret sealed with an older key and seals with the first", () => {
    const sealed = seal("s3cret", "credential:1", [old]);

    expect(unseal(sealed, "credential:1", [current, old])).toBe("s3cret");
    expect(seal("x", "y", [current, old])).toMatch(/^v1\.2026\./);
  });

  it("does not open for another row, after a change of one bit, or without its key", () => {
    const sealed = seal("s3cret", "credential:1", [current]);
    const flipped = sealed.replace(/.$/, (last) => (last === "A" ? "B" : "A"));

    expect(() => unseal(sealed, "credential:2", [current])).toThrow("altered or moved");
    expect(() => unseal(flipped, "credential:1", [current])).toThrow("altered or moved");
    expect(() => unseal(sealed, "credential:1", [old])).toThrow("no longer holds");
  });

  it("never makes the same text twice", () => {
    expect(seal("a", "b", [current])).not.toBe(seal("a", "b", [current]));
  });
});
