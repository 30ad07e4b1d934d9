import { createHash } from "node:crypto";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { indicatorId, stixId, uuidBytes, uuidV5 } from "./identity";

const DNS = uuidBytes("6ba7b810-9dad-11d1-80b4-00c04fd430c8");

const byNode = (namespace: Uint8Array, name: string): string => {
  const hash = createHash("sha1").update(namespace).update(name, "utf8").digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

describe("uuidV5", () => {
  it.each([
    ["www.example.com", "2ed6657d-e927-568b-95e1-2665a8aea6a2"], // RFC 9562, appendix A.4
    ["python.org", "886313e1-3b8a-5372-9b90-0c9aee199e5d"], // Python's documentation of uuid5
  ])("agrees with the published vector of %s", (name, expected) => {
    expect(uuidV5(DNS, name)).toBe(expected);
  });

  it("agrees with node:crypto for every name, whatever its length and script", () => {
    const names = fc.oneof(fc.string({ maxLength: 300 }), fc.string({ unit: "grapheme", maxLength: 3_000 }));
    fc.assert(
      fc.property(names, (name) => {
        expect(uuidV5(DNS, name)).toBe(byNode(DNS, name));
      }),
    );
  });
});

describe("indicatorId", () => {
  it("is the UUIDv5 of type:value in the namespace of the contracts", () => {
    const namespace = uuidBytes("8f3f6f0e-6c1c-5d43-9c7e-2f6d1f5b0a51");

    expect(indicatorId("ipv4", "123.123.123.123")).toBe(byNode(namespace, "ipv4:123.123.123.123"));
    expect(indicatorId("ipv4", "123.123.123.123", 2)).toBe(byNode(namespace, "ipv4:123.123.123.123#2"));
    expect(stixId("domain", "evil.com")).toBe(`indicator--${byNode(namespace, "domain:evil.com")}`);
  });

  it("tells the same value under two types apart", () => {
    const sha1 = "3395856ce81f2b7382dee72602f798b642f14140";
    expect(indicatorId("sha1", sha1)).not.toBe(indicatorId("cert-sha1", sha1));
  });
});
