import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { indicatorId } from "./identity";
import { idsOf, networksAround, readSearch, typesOf, type SearchQuery } from "./search-query";

const SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const UUID = "0199b7a0-1c2d-7000-8000-00000000abcd";

describe("what a text in the search box asks for", () => {
  it.each<[string, SearchQuery]>([
    ["198.51.100.7", { kind: "value", type: "ipv4", value: "198.51.100.7" }],
    [" 198[.]51[.]100[.]7 ", { kind: "value", type: "ipv4", value: "198.51.100.7" }],
    ["198.51.100.7:8080", { kind: "value", type: "ipv4", value: "198.51.100.7" }],
    ["2001:DB8:0:0::1", { kind: "value", type: "ipv6", value: "2001:db8::1" }],
    ["198.51.100.0/24", { kind: "network", cidr: "198.51.100.0/24" }],
    ["198[.]51.100.77/24", { kind: "network", cidr: "198.51.100.0/24" }],
    ["10.0.0.0/255.0.0.0", { kind: "network", cidr: "10.0.0.0/8" }],
    ["2001:db8::/32", { kind: "network", cidr: "2001:db8::/32" }],
    ["198.51.100.7/32", { kind: "value", type: "ipv4", value: "198.51.100.7" }],
    ["Example[.]COM", { kind: "domain", host: "example.com" }],
    ["*.example.com", { kind: "domain", host: "example.com" }],
    ["example.com.", { kind: "domain", host: "example.com" }],
    ["bücher.de", { kind: "domain", host: "xn--bcher-kva.de" }],
    ["co.uk", { kind: "domain", host: "co.uk" }],
    ["*.co.uk", { kind: "domain", host: "co.uk" }],
    ["hxxps://Example[.]com/a", { kind: "value", type: "url", value: "https://example.com/a" }],
    ["example.com/a", { kind: "value", type: "url", value: "http://example.com/a" }],
    ["Joe[at]example[.]com", { kind: "value", type: "email", value: "joe@example.com" }],
    [SHA1.toUpperCase(), { kind: "value", type: "sha1", value: SHA1 }],
    [`“${SHA1}”`, { kind: "value", type: "sha1", value: SHA1 }],
    [(SHA1.match(/../g) ?? []).join(":").toUpperCase(), { kind: "value", type: "cert-sha1", value: SHA1 }],
    [UUID.toUpperCase(), { kind: "id", id: UUID }],
    [` indicator--${UUID} `, { kind: "id", id: `indicator--${UUID}` }],
    [`c2x1aWNl/+A==---indicator--${UUID}`, { kind: "id", id: `c2x1aWNl/+A==---indicator--${UUID}` }],
    ["4711", { kind: "text", text: "4711" }],
    [`${UUID}0`, { kind: "text", text: `${UUID}0` }],
    ["198.51.", { kind: "text", text: "198.51" }],
    ["DA39a3ee5e6b", { kind: "text", text: "DA39a3ee5e6b" }],
    ["login-micros", { kind: "text", text: "login-micros" }],
    ["evil-example[.]c", { kind: "text", text: "evil-example.c" }],
    ["/gate.php?id=", { kind: "text", text: "/gate.php?id=" }],
    ["100%_\\", { kind: "text", text: "100%_\\" }],
  ])("is read from %j", (q, expected) => {
    expect(readSearch(q)).toStrictEqual(expected);
  });

  it.each(["", "   ", "\u200b", "\0"])("is nothing in %j", (q) => {
    expect(readSearch(q)).toBeNull();
  });

  it("reads whatever is typed, and its own reading again, without a NUL, which no database takes", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (q) => {
        const query = readSearch(q);

        expect(JSON.stringify(query)).not.toContain(String.raw`\u0000`);
        const own = query?.kind === "domain" ? query.host : query?.kind === "network" ? query.cidr : q;
        expect(readSearch(own)).toStrictEqual(query);
      }),
    );
  });
});

describe("networks around", () => {
  it("are all prefixes that hold an address, and those shorter than a network's own", () => {
    expect(networksAround("198.51.100.7")).toHaveLength(32);
    expect(networksAround("198.51.100.7")).toContain("198.51.100.6/31");
    expect(networksAround("198.51.102.0/24").slice(-2)).toStrictEqual(["198.51.100.0/22", "198.51.102.0/23"]);
    expect(networksAround("0.0.0.0/0")).toStrictEqual([]);
    expect(networksAround("2001:db8::1")).toHaveLength(128);
    expect(networksAround("2001:db8::1").at(-1)).toBe("2001:db8::/127");
  });
});

describe("the records that answer by their id", () => {
  const ids = (q: string): readonly string[] => {
    const query = readSearch(q);
    return query ? idsOf(query) : [];
  };

  it("are the value itself and, of an address, the networks around it", () => {
    expect(ids("198.51.100.7")).toContain(indicatorId("ipv4", "198.51.100.7"));
    expect(ids("198.51.100.7")).toContain(indicatorId("ipv4-cidr", "198.51.100.0/24"));
  });

  it("are those of a URL by either scheme, also of one that was copied without", () => {
    const both = ["http://example.com/a", "https://example.com/a"].map((url) => indicatorId("url", url));
    expect(ids("example.com/a")).toStrictEqual(both);
    expect(ids("hxxps://example[.]com/a")).toStrictEqual(both.toReversed());
  });

  it("leave open whether forty digits are a file's or a certificate's", () => {
    expect(ids(SHA1)).toStrictEqual([indicatorId("sha1", SHA1), indicatorId("cert-sha1", SHA1)]);
  });

  it("are none of a text, and only the wider networks of a network", () => {
    expect(ids("exam")).toStrictEqual([]);
    expect(ids("2001:db8::/32")).toHaveLength(32);
  });
});

describe("the types that can answer", () => {
  it.each([
    ["10.0.0.0/8", ["ipv4", "ipv4-cidr"]],
    ["2001:db8::/32", ["ipv6", "ipv6-cidr"]],
    ["example.com", ["domain", "url", "email"]],
    ["198.51.100.7", null],
    ["abc", null],
  ])("to %s are %j", (q, expected) => {
    const query = readSearch(q);

    expect(query && typesOf(query)).toStrictEqual(expected);
  });
});
