import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { formatIpv4, parseIpv4 } from "./ipv4";
import { rangeToCidrs } from "./range";

const valuesOf = (raw: string): readonly string[] => {
  const result = rangeToCidrs(raw);
  return result.ok ? result.value.map(({ value }) => value) : [result.problem.code];
};

describe("rangeToCidrs", () => {
  it.each([
    ["192.168.0.0-192.168.255.255", ["192.168.0.0/16"]],
    ["203.0.113.1-203.0.113.3", ["203.0.113.1", "203.0.113.2/31"]],
    ["203.0.113.7 - 203.0.113.7", ["203.0.113.7"]],
    ["203[.]0[.]113[.]7–203[.]0[.]113[.]8", ["203.0.113.7", "203.0.113.8"]],
    ["0.0.0.0-255.255.255.255", ["0.0.0.0/0"]],
    ["2001:db8::1-2001:db8::4", ["2001:db8::1", "2001:db8::2/127", "2001:db8::4"]],
    ["::ffff:203.0.113.0-::ffff:203.0.113.255", ["203.0.113.0/24"]],
    ["203.0.113.9-203.0.113.1", ["bad_address"]],
    ["203.0.113.9-2001:db8::1", ["bad_address"]],
    ["a-b", ["bad_address"]],
  ])("covers %s by %j", (raw, expected) => {
    expect(valuesOf(raw)).toEqual(expected);
  });

  it("covers every address of the range once, in at most 62 networks", () => {
    const address = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(address, address, (one, other) => {
        const [first, last] = [Math.min(one, other), Math.max(one, other)];
        const networks = valuesOf(`${formatIpv4(first)}-${formatIpv4(last)}`);
        let next = first;
        for (const network of networks) {
          const [start = "", prefix = "32"] = network.split("/");
          expect(parseIpv4(start)).toBe(next);
          next += 2 ** (32 - Number(prefix));
        }
        expect(next).toBe(last + 1);
        expect(networks.length).toBeLessThanOrEqual(62);
      }),
    );
  });
});
