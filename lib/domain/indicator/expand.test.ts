import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { addressesIn, MOST_ADDRESSES, networkSize } from "./expand";
import { normalise } from "./normalise";

describe("taking networks apart", () => {
  it.each([
    ["203.0.113.0/24", 256],
    ["203.0.113.4/31", 2],
    ["2001:db8::/120", 256],
    ["2001:db8::8/127", 2],
    ["10.0.0.0/8", 16_777_216],
  ])("%s has %i addresses", (network, size) => {
    expect(networkSize(network)).toBe(size);
  });

  it("gives every address, the network’s own and the broadcast’s among them, in order", () => {
    expect(addressesIn("203.0.113.248/29")).toEqual(
      [248, 249, 250, 251, 252, 253, 254, 255].map((last) => ({
        type: "ipv4",
        value: `203.0.113.${String(last)}`,
      })),
    );
    expect(addressesIn("255.255.255.254/31").map(({ value }) => value)).toEqual([
      "255.255.255.254",
      "255.255.255.255",
    ]);
    expect(addressesIn("2001:db8::fffe/127").map(({ value }) => value)).toEqual([
      "2001:db8::fffe",
      "2001:db8::ffff",
    ]);
  });

  it("refuses one that is larger than is taken apart", () => {
    expect(() => addressesIn("203.0.112.0/23")).toThrow(RangeError);
    expect(() => addressesIn("2001:db8::/64")).toThrow(RangeError);
  });

  const ipv4 = fc.tuple(fc.ipV4(), fc.integer({ min: 24, max: 31 }));
  const ipv6 = fc.tuple(fc.ipV6(), fc.integer({ min: 120, max: 127 }));

  it("gives canonical values that all lie in the network, each once", () => {
    fc.assert(
      fc.property(fc.oneof(ipv4, ipv6), ([address, prefix]) => {
        const network = normalise(`${address}/${String(prefix)}`);
        const text = network.ok ? network.value.value : "";
        fc.pre(text.includes("/"));
        const size = networkSize(text);
        fc.pre(size <= MOST_ADDRESSES);
        const addresses = addressesIn(text);
        expect(new Set(addresses.map(({ value }) => value)).size).toBe(size);
        for (const { type, value } of addresses) {
          expect(normalise(value)).toMatchObject({ ok: true, value: { type, value } });
          const around = normalise(`${value}${text.slice(text.indexOf("/"))}`);
          expect(around.ok && around.value.value).toBe(text);
        }
      }),
      { numRuns: 50 },
    );
  });
});
