import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { normalise } from "@/lib/domain/indicator/normalise";
import type { IndicatorType } from "@/lib/domain/indicator/types";

import type { AllowlistMatch } from "./allowlist";
import { createMatcher, type MatcherList } from "./matcher";

/** Screens what a feed wrote against one list, as the pipeline does: normalise first. */
const reasonFor = (match: AllowlistMatch, entries: readonly string[], raw: string): string | null => {
  const value = normalise(raw);
  if (!value.ok) throw new TypeError(value.problem.message);
  return (
    createMatcher([list({ match, entries })]).screen(value.value.type, value.value.value)?.reason ?? null
  );
};

const list = (overrides: Partial<MatcherList>): MatcherList => ({
  id: "one",
  name: "List",
  match: "hostname",
  effect: "stop",
  entries: [],
  ...overrides,
});

describe("a hostname list", () => {
  it.each<[string, string, string | null]>([
    ["google.com", "google.com", "google.com is listed (List)."],
    ["google.com", "mail.google.com", "mail.google.com lies below google.com (List)."],
    ["google.com", "a.b.c.google.com", "a.b.c.google.com lies below google.com (List)."],
    ["google.com", "notgoogle.com", null],
    ["google.com", "google.com.evil.net", null],
    ["login.google.com", "google.com", "Blocking google.com would block login.google.com below it (List)."],
    ["login.google.com", "mail.google.com", null],
    ["login.google.com", "http://google.com/x", null],
    ["google.com", "http://google.com/", "Its host google.com is listed (List)."],
    ["google.com", "http://evil.net/google.com", null],
    ["google.com", "http://evil.net/?u=http://google.com/", null],
    ["google.com", "someone@mail.google.com", "Its domain mail.google.com lies below google.com (List)."],
    // What MISP's matcher misses: port, user-info, case, trailing dot, names outside ASCII.
    ["google.com", "http://google.com:8080/", "Its host google.com is listed (List)."],
    ["google.com", "http://user:pw@google.com/", "Its host google.com is listed (List)."],
    ["google.com", "HTTP://GOOGLE.COM/", "Its host google.com is listed (List)."],
    ["google.com", "Mail.Google.COM", "mail.google.com lies below google.com (List)."],
    ["google.com", "google.com.", "google.com is listed (List)."],
    ["google.com", "https://google.com./x", "Its host google.com is listed (List)."],
    ["google.com", "google.com:443", "google.com is listed (List)."],
    ["google.com", "hxxps://www[.]google[.]com", "Its host www.google.com lies below google.com (List)."],
    ["bücher.de", "www.BÜCHER.de", "www.xn--bcher-kva.de lies below xn--bcher-kva.de (List)."],
    ["xn--bcher-kva.de", "http://bücher.de/", "Its host xn--bcher-kva.de is listed (List)."],
    // What MISP's data holds and never matches there.
    [".google.ad", "google.ad", "google.ad is listed (List)."],
    [".google.ad", "www.google.ad", "www.google.ad lies below google.ad (List)."],
    ["Example.COM:443/x", "www.example.com", "www.example.com lies below example.com (List)."],
  ])("with %s says of %s: %s", (entry, raw, reason) => {
    expect(reasonFor("hostname", [entry], raw)).toBe(reason);
  });

  it("skips and counts header words, bare public suffixes and addresses", () => {
    const matcher = createMatcher([
      list({ entries: ["domain", "co.uk", "com", "github.io", "192.0.2.1", "", "good.com"] }),
    ]);

    expect(matcher.skipped).toBe(6);
    expect(matcher.screen("domain", "evil.co.uk")).toBeNull();
    expect(matcher.screen("domain", "evil.github.io")).toBeNull();
    expect(matcher.screen("domain", "www.good.com")).not.toBeNull();
  });

  it("judges as a comparison of each pair would", () => {
    const label = fc.constantFrom("a", "b", "cc", "ba");
    const name = fc.tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.constantFrom("com", "net"));
    const host = name.map(([labels, last]) => [...labels, last].join("."));
    fc.assert(
      fc.property(fc.array(host, { maxLength: 12 }), host, (entries, value) => {
        const lists = entries.map((entry, index) => list({ id: String(index), entries: [entry] }));
        const found = createMatcher(lists)
          .screenAll("domain", value)
          .map(({ entry }) => entry);

        expect(found).toStrictEqual(
          entries.filter((entry) => `.${value}`.endsWith(`.${entry}`) || entry.endsWith(`.${value}`)),
        );
      }),
    );
  });

  it("finds each of many names", () => {
    const entries = Array.from({ length: 5_000 }, (_, index) => `host-${String(index)}.example.com`);
    const matcher = createMatcher([list({ entries })]);

    expect(entries.filter((entry) => matcher.screen("domain", `x.${entry}`)?.entry === entry)).toHaveLength(
      5_000,
    );
    expect(matcher.screen("domain", "host-5000.example.com")).toBeNull();
  });

  it("names the nearest listed parent", () => {
    const entries = ["example.com", "b.example.com"];

    expect(createMatcher([list({ entries })]).screen("domain", "a.b.example.com")?.entry).toBe(
      "b.example.com",
    );
  });
});

describe("a list of networks", () => {
  it.each<[string, string, string | null]>([
    ["8.8.8.0/24", "8.8.8.8", "8.8.8.8 lies in 8.8.8.0/24 (List)."],
    ["8.8.8.8", "8.8.8.8", "8.8.8.8 is listed (List)."],
    ["8.8.8.8/32", "8.8.8.8/32", "8.8.8.8 is listed (List)."],
    ["8.8.8.0/24", "8.8.9.8", null],
    ["8.8.8.0/24", "8.8.8.128/25", "8.8.8.128/25 lies in 8.8.8.0/24 (List)."],
    ["8.8.8.0/24", "8.8.8.0/24", "8.8.8.0/24 is listed (List)."],
    // The other direction, which MISP lacks.
    ["8.8.8.8", "8.0.0.0/8", "8.0.0.0/8 holds 8.8.8.8 (List)."],
    ["8.8.8.0/24", "8.8.8.0/23", "8.8.8.0/23 holds 8.8.8.0/24 (List)."],
    ["8.8.8.0/24", "0.0.0.0/1", "0.0.0.0/1 holds 8.8.8.0/24 (List)."],
    ["8.8.8.0/24", "0.0.0.0/0", "0.0.0.0/0 holds 8.8.8.0/24 (List)."],
    ["8.8.8.0/24", "9.0.0.0/8", null],
    ["8.8.8.77/24", "8.8.8.1", "8.8.8.1 lies in 8.8.8.0/24 (List)."],
    // The address of a URL, which MISP never holds against a list of networks.
    ["8.8.8.0/24", "http://8.8.8.8:53/x", "Its host 8.8.8.8 lies in 8.8.8.0/24 (List)."],
    ["8.8.8.0/24", "http://0x08080808/", "Its host 8.8.8.8 lies in 8.8.8.0/24 (List)."],
    ["8.8.8.0/24", "8.8.8.8:53", "8.8.8.8 lies in 8.8.8.0/24 (List)."],
    ["8.8.8.0/24", "::ffff:8.8.8.8", "8.8.8.8 lies in 8.8.8.0/24 (List)."],
    ["::ffff:808:0/112", "8.8.8.8", "8.8.8.8 lies in 8.8.0.0/16 (List)."],
    ["2606:4700::/32", "2606:4700::1111", "2606:4700::1111 lies in 2606:4700::/32 (List)."],
    ["2606:4700::/32", "http://[2606:4700::1]:80/", "Its host [2606:4700::1] lies in 2606:4700::/32 (List)."],
    ["2606:4700::1111", "2606:4700::/32", "2606:4700::/32 holds 2606:4700::1111 (List)."],
    ["2606:4700:0:0::/64", "2606:4700::/48", "2606:4700::/48 holds 2606:4700::/64 (List)."],
    ["2606:4700::/32", "2606:4701::1", null],
    ["::/8", "8.8.8.8", null],
  ])("with %s says of %s: %s", (entry, raw, reason) => {
    expect(reasonFor("cidr", [entry], raw)).toBe(reason);
  });

  it("finds the wider list behind a narrow network that does not hold the address", () => {
    const entries = ["10.0.0.0/8", "10.1.0.0/16", "10.1.2.0/24", "10.1.2.4/30"];

    expect(createMatcher([list({ match: "cidr", entries })]).screen("ipv4", "10.1.200.1")?.entry).toBe(
      "10.1.0.0/16",
    );
  });

  it("judges as a comparison of each pair would, in both families and directions", () => {
    const networks = fc.array(fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 4, max: 24 })), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(networks, networks, (listed, asked) => {
        for (const [family, spell] of [
          ["ipv4", spellIpv4],
          ["ipv6", spellIpv6],
        ] as const) {
          const entries = listed.map(spell);
          const matcher = createMatcher([list({ match: "cidr", entries })]);
          for (const [index, text] of asked.map(spell).entries()) {
            const own = asked[index] ?? [0, 0, 0];
            const expected = listed.some((other) => overlap(own, other));

            expect(matcher.screen(`${family}-cidr`, text) !== null).toBe(expected);
          }
        }
      }),
    );
  });
});

type Network = readonly [number, number, number];

const bitsOf = ([high, low, prefix]: Network): number => ((high << 24) | (low << 16)) & (-1 << (32 - prefix));
const overlap = (one: Network, other: Network): boolean =>
  ((bitsOf(one) ^ bitsOf(other)) & (-1 << (32 - Math.min(one[2], other[2])))) === 0;
const spellIpv4 = (network: Network): string => {
  const bits = bitsOf(network);
  return `${[24, 16, 8, 0].map((shift) => String((bits >>> shift) & 255)).join(".")}/${String(network[2])}`;
};
const spellIpv6 = (network: Network): string => {
  const bits = bitsOf(network);
  const result = normalise(
    `${(bits >>> 16).toString(16)}:${(bits & 0xffff).toString(16)}::/${String(network[2])}`,
  );
  if (!result.ok) throw new TypeError(result.problem.message);
  return result.value.value;
};

describe("a list of strings, parts or patterns", () => {
  it.each<[AllowlistMatch, string, string, string | null]>([
    ["string", "evil.com", "EVIL.com", "The same value is listed (List)."],
    ["string", "EVIL.com", "evil.com", "The same value is listed (List)."],
    ["string", "evil.com", "www.evil.com", null],
    ["string", "evil.com", "http://evil.com/", null],
    [
      "string",
      "d41d8cd98f00b204e9800998ecf8427e",
      "D41D8CD98F00B204E9800998ECF8427E",
      "The same value is listed (List).",
    ],
    ["string", "http://evil.com/A", "HTTP://EVIL.com:80/A", "The same value is listed (List)."],
    ["substring", "any.run/report", "https://app.ANY.run/Report/1", "It contains “any.run/report” (List)."],
    ["substring", "Any.Run", "app.any.run", "It contains “any.run” (List)."],
    ["substring", "anyrun", "app.any.run", null],
    [
      "regex",
      String.raw`^dc\d+\.corp\.com$`,
      "DC12.corp.com",
      String.raw`It matches the pattern “^dc\d+\.corp\.com$” (List).`,
    ],
    [
      "regex",
      String.raw`^DC\d+\.corp\.com$`,
      "http://dc1.corp.com/x",
      String.raw`It matches the pattern “^DC\d+\.corp\.com$” (List).`,
    ],
    ["regex", String.raw`^dc\d+\.corp\.com$`, "dcx.corp.com", null],
    // A flag of JavaScript, which PHP refuses: the whole list never matches in MISP.
    [
      "regex",
      String.raw`/^intra\.[a-z]+\.com$/g`,
      "intra.acme.com",
      String.raw`It matches the pattern “/^intra\.[a-z]+\.com$/g” (List).`,
    ],
  ])("%s %s says of %s: %s", (match, entry, raw, reason) => {
    expect(reasonFor(match, [entry], raw)).toBe(reason);
  });

  it("finds a part exactly where a plain search would", () => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "c", "-"), minLength: 4, maxLength: 7 });
    const texts = fc.string({ unit: fc.constantFrom("a", "b", "c", "-"), maxLength: 40 });
    fc.assert(
      fc.property(fc.array(letters, { minLength: 1, maxLength: 12 }), texts, (entries, text) => {
        const lists = entries.map((entry, index) =>
          list({ id: String(index), match: "substring", entries: [entry] }),
        );
        const matcher = createMatcher(lists);
        const hits = matcher.screenAll("domain", text).map(({ entry }) => entry);

        expect(hits).toStrictEqual(entries.filter((entry) => text.includes(entry)));
      }),
    );
  });

  it("answers a pattern that would hang a backtracking engine at once", () => {
    const matcher = createMatcher([list({ match: "regex", entries: ["(a+)+$"] })]);

    expect(matcher.screen("url", `http://x.com/${"a".repeat(20_000)}!`)).toBeNull();
  });

  it("skips and counts what RE2 cannot read and what would match everything", () => {
    const matcher = createMatcher([list({ match: "regex", entries: ["(?=x)y", "(", ".*", "^good"] })]);

    expect(matcher.skipped).toBe(3);
    expect(matcher.screen("domain", "goodname.com")?.entry).toBe("^good");
  });

  it("holds hundreds of patterns", () => {
    const entries = Array.from({ length: 300 }, (_, index) => `^host${String(index)}[.]`);
    const matcher = createMatcher([list({ match: "regex", entries })]);

    expect(matcher.screen("domain", "host299.example.com")?.entry).toBe("^host299[.]");
    expect(matcher.screen("domain", "host300.example.com")).toBeNull();
  });
});

describe("several lists", () => {
  const lists: MatcherList[] = [
    list({ id: "w", name: "Top sites", effect: "warn", entries: ["example.com"] }),
    list({ id: "a", name: "Clouds", effect: "audit-only", match: "substring", entries: ["example"] }),
    list({ id: "s", name: "Ours", effect: "stop", entries: ["www.example.com"] }),
    list({ id: "s2", name: "Also ours", effect: "stop", match: "string", entries: ["www.example.com"] }),
  ];

  it("answer with the strictest effect, the first list among equals", () => {
    expect(createMatcher(lists).screen("domain", "www.example.com")).toStrictEqual({
      listId: "s",
      listName: "Ours",
      effect: "stop",
      entry: "www.example.com",
      isAround: false,
      reason: "www.example.com is listed (Ours).",
    });
  });

  it("tell a network that holds an entry from one that lies in it", () => {
    const matcher = createMatcher([list({ match: "cidr", entries: ["192.0.2.16/28"] })]);
    const isAround = (value: string) => matcher.screen("ipv4-cidr", value)?.isAround;
    expect(isAround("192.0.2.0/24")).toBe(true);
    expect(isAround("192.0.2.16/28")).toBe(false);
    expect(isAround("192.0.2.16/30")).toBe(false);
  });

  it("each give one hit when all are asked for", () => {
    const ids = (value: string) =>
      createMatcher(lists)
        .screenAll("domain", value)
        .map(({ listId }) => listId);

    expect(ids("www.example.com")).toStrictEqual(["s", "s2", "a", "w"]);
    expect(ids("mail.example.com")).toStrictEqual(["a", "w"]);
    expect(ids("other.com")).toStrictEqual([]);
  });

  it("are asked about their types only", () => {
    const matcher = createMatcher([list({ types: ["domain"], entries: ["example.com"] })]);
    const judged = (type: IndicatorType, value: string) => matcher.screen(type, value) !== null;

    expect(judged("domain", "www.example.com")).toBe(true);
    expect(judged("url", "http://example.com/")).toBe(false);
    expect(judged("email", "a@example.com")).toBe(false);
  });

  it("say of a network what each of them has inside", () => {
    const matcher = createMatcher([
      list({ id: "one", match: "cidr", entries: ["192.0.2.0/28", "192.0.2.16/28"] }),
      list({ id: "two", match: "cidr", entries: ["192.0.2.200", "192.0.0.0/16"] }),
      list({ id: "three", match: "cidr", entries: ["192.0.3.1"] }),
    ]);

    expect(
      matcher.screenAll("ipv4-cidr", "192.0.2.0/24").map(({ listId, entry }) => [listId, entry]),
    ).toStrictEqual([
      ["one", "192.0.2.0/28"],
      ["two", "192.0.0.0/16"],
    ]);
  });
});

describe("the lists of a value, without words", () => {
  it("are the same that tell why", () => {
    const matcher = createMatcher([
      { id: "a", name: "A", match: "hostname", effect: "warn", entries: ["example.com"] },
      { id: "b", name: "B", match: "string", effect: "stop", entries: ["www.example.com"] },
    ]);

    for (const value of ["www.example.com", "example.com", "example.org"])
      expect(
        matcher
          .listsWith("domain", value)
          .map(({ id, effect }) => ({ id, effect }))
          .sort((one, other) => one.id.localeCompare(other.id)),
      ).toEqual(
        matcher
          .screenAll("domain", value)
          .map(({ listId, effect }) => ({ id: listId, effect }))
          .sort((one, other) => one.id.localeCompare(other.id)),
      );
  });
});
