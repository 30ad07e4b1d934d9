import fc from "fast-check";
import { expect, it } from "vitest";

import { defang } from "./defang";
import { parseText } from "./extract";
import { formatIpv4, parseIpv4 } from "./ipv4";
import { normalise } from "./normalise";
import { rangeToCidrs } from "./range";

const PROPERTY_MS = 30_000;

const recordOf = (raw: string): string => {
  const result = normalise(raw);
  return result.ok ? `${result.value.type} ${result.value.value}` : `refused: ${result.problem.code}`;
};

/** Two spellings that are not one record, though the first is a value; null if there are none. */
const exceptionTo = (spellings: fc.Arbitrary<readonly [plain: string, other: string]>): unknown =>
  fc.check(
    fc.property(spellings, ([plain, other]) => {
      fc.pre(normalise(plain).ok);
      return recordOf(other) === recordOf(plain);
    }),
    { numRuns: 400 },
  ).counterexample;

const host = fc.oneof(fc.domain({ size: "xsmall" }), fc.ipV4());
const url = fc
  .tuple(fc.constantFrom("http", "https"), host, fc.webPath({ size: "xsmall" }))
  .map(([scheme, name, path]) => ({ scheme, name, path }));
const dots = fc.constantFrom("[.]", "(.)", "{.}", "[dot]", "(DOT)", " [.] ", "[.", "[[.]]", "\\[.]");
const around = fc.constantFrom(
  ...["“ ”", "' '", "( )", "< >", "\u200B \u200B", "\u00A0 \u00A0", " .", " ,", " ;", "\uFEFF "].map((pair) =>
    pair.split(" "),
  ),
);

it("reads a host through every way to write its dots", () => {
  expect(
    exceptionTo(fc.tuple(host, dots).map(([name, dot]) => [name, name.replaceAll(".", dot)] as const)),
  ).toBeNull();
});

it(
  "reads a URL through harmless schemes, upper case, default ports, fragments and trailing dots",
  () => {
    const spelt = fc
      .tuple(url, dots, fc.constantFrom("", "1", "2", "3", "4", "5"))
      .map(([parts, dot, how]) => {
        const { scheme, name, path } = parts;
        const plain = `${scheme}://${name}${path}`;
        const port = scheme === "http" ? "0080" : "443";
        const others: Record<string, string> = {
          "": `${scheme.replace("tt", "xx")}://${name.replaceAll(".", dot)}${path}`,
          "1": `${scheme.toUpperCase()}://${name.toUpperCase()}${path}`,
          "2": `${scheme}://${name}:${port}${path}`,
          "3": `${plain}#fragment`,
          "4": `${scheme}[:]//${name}.${path.startsWith("/") ? path : `/${path}`}`,
          "5": `${scheme}://user:word@${name}${path}`,
        };
        return [plain, others[how] ?? plain] as const;
      });
    expect(exceptionTo(spelt)).toBeNull();
  },
  PROPERTY_MS,
);

it("reads a value through whatever stands around it", () => {
  expect(
    exceptionTo(
      fc.tuple(host, around).map(([name, [open = "", close = ""]]) => [name, open + name + close] as const),
    ),
  ).toBeNull();
});

it("reads a name through upper case and a trailing dot", () => {
  expect(exceptionTo(fc.domain().map((name) => [name, `${name.toUpperCase()}.`] as const))).toBeNull();
});

it("reads an e-mail address through its harmless spellings", () => {
  const at = fc.constantFrom("[@]", "[at]", "(at)", " [AT] ", " @ ", "{@}");
  expect(
    exceptionTo(
      fc
        .tuple(fc.domain({ size: "xsmall" }), at, dots)
        .map(
          ([name, sign, dot]) => [`kim.doe@${name}`, `kim.doe${sign}${name.replaceAll(".", dot)}`] as const,
        ),
    ),
  ).toBeNull();
});

it("reads an IPv6 address through leading zeros, upper case, brackets, ports, prefixes and zones", () => {
  const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
  const shapes = fc.constantFrom(
    "@",
    "[@]",
    "[@]:443",
    "@/128",
    "@%eth0",
    "@p80",
    "@#80",
    "@ port 80",
    "@|80",
  );
  expect(
    exceptionTo(
      fc.tuple(groups, shapes).map(([parts, shape]) => {
        const plain = parts.map((part) => part.toString(16)).join(":");
        const long = parts.map((part) => part.toString(16).padStart(4, "0").toUpperCase()).join(":");
        return [plain, shape.replace("@", long)] as const;
      }),
    ),
  ).toBeNull();
});

it("reads an IPv4 address in a URL through decimal, octal and hexadecimal numbers", () => {
  const bases = fc.constantFrom(8, 10, 16);
  expect(
    exceptionTo(
      fc
        .tuple(fc.integer({ min: 0, max: 0xffffffff }), bases, fc.boolean())
        .map(([address, base, isWhole]) => {
          const quad = formatIpv4(address);
          const write = (part: number): string =>
            `${base === 8 ? "0" : base === 16 ? "0x" : ""}${part.toString(base)}`;
          const other = isWhole ? write(address) : quad.split(".").map(Number).map(write).join(".");
          return [`http://${quad}/a`, `http://${other}/a`] as const;
        }),
    ),
  ).toBeNull();
});

it("reads a network through its mask, the mask of its hosts, and any of its addresses", () => {
  const written = fc.tuple(
    fc.integer({ min: 1, max: 0xffffffff }),
    fc.integer({ min: 1, max: 31 }),
    fc.boolean(),
  );
  expect(
    exceptionTo(
      written.map(([address, prefix, isNetmask]) => {
        const hosts = 2 ** (32 - prefix) - 1;
        const mask = isNetmask ? ~hosts >>> 0 : hosts;
        return [
          `${formatIpv4(address)}/${String(prefix)}`,
          `${formatIpv4(address)}/${formatIpv4(mask)}`,
        ] as const;
      }),
    ),
  ).toBeNull();
});

it("covers a range of IPv6 addresses once, from its first to its last", () => {
  const start = fc.bigInt({ min: 0n, max: 2n ** 64n });
  fc.assert(
    fc.property(start, fc.bigInt({ min: 0n, max: 2n ** 40n }), (first, length) => {
      const networks = rangeToCidrs(`${asIpv6(first)}-${asIpv6(first + length)}`);
      expect(networks.ok).toBe(true);
      let next = first;
      for (const { value } of networks.ok ? networks.value : []) {
        const [address = "", prefix = "128"] = value.split("/");
        expect(recordOf(address)).toBe(recordOf(asIpv6(next)));
        next += 2n ** BigInt(128 - Number(prefix));
      }
      expect(next).toBe(first + length + 1n);
    }),
    { numRuns: 200 },
  );
});

it("finds in a text whatever was written into it harmlessly, on its line", () => {
  fc.assert(
    fc.property(fc.array(host, { minLength: 1, maxLength: 6 }), (names) => {
      const values = names.flatMap((name) => {
        const result = normalise(name);
        return result.ok ? [result.value] : [];
      });
      const text = values.map(({ type, value }) => `We saw ${defang(type, value)}, again.`).join("\r\n");
      const { indicators } = parseText(text);
      expect(indicators).toMatchObject(
        values.map(({ type, value }, index) => ({ type, value, line: index + 1 })),
      );
    }),
    { numRuns: 300 },
  );
});

it("never takes a dotted quad with leading zeros, and never throws", () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.string(), (address, text) => {
      expect(recordOf(`0${address}`)).toBe("refused: bad_address");
      parseText(text);
      parseText(`${address}\n${text}`);
      expect(parseIpv4(address)).not.toBeNull();
    }),
  );
});

const asIpv6 = (address: bigint): string =>
  Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  ).join(":");
