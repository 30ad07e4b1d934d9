import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { clean, cleanInSteps } from "./clean";
import { explainSpelling } from "./explain-spelling";
import { findSpelling } from "./find-spelling";
import { normalise } from "./normalise";
import type { IndicatorType } from "./types";

const SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const MD5 = "9e107d9d372bb6826bd81d3542a419d6";

describe("how a spelling became the value", () => {
  it.each<[string, IndicatorType, string, RegExp[]]>([
    ["evil-example.com", "domain", "evil-example.com", []],
    ["Evil-Example[.]COM", "domain", "evil-example.com", [/refanged/, /lower case/]],
    [
      "hxxps://Evil-Example[.]com/A?b=C#d",
      "url",
      "https://evil-example.com/A?b=C",
      [/refanged/, /Scheme and host.*path and query keep theirs/, /fragment/],
    ],
    ["http://evil-example.com:80/a", "url", "http://evil-example.com/a", [/usual port/]],
    ["https://evil-example.com", "url", "https://evil-example.com/", [/path of the whole site/]],
    ["evil-example.com/a", "url", "http://evil-example.com/a", [/no scheme/]],
    ["45.155.205[.]7:8080", "ipv4", "45.155.205.7", [/refanged/, /canonical form/, /Port 8080/]],
    ["45.155.205.99/255.255.255.0", "ipv4-cidr", "45.155.205.0/24", [/first one of its network/, /mask/]],
    ["45.155.205.7/32", "ipv4", "45.155.205.7", [/network of one address/]],
    ["2A01:04F8:0:0::1", "ipv6", "2a01:4f8::1", [/lower case/, /RFC 5952/]],
    ["::ffff:45.155.205.7", "ipv4", "45.155.205.7", [/stands for an IPv4/]],
    ["bücher.de", "domain", "xn--bcher-kva.de", [/punycode/]],
    ["*.evil-example.com", "domain", "evil-example.com", [/wildcard/]],
    [`“${SHA1.toUpperCase()}”`, "sha1", SHA1, [/Quotes/, /lower case/]],
    [`MD5:${MD5}`, "md5", MD5, [/as a hash/, /lower case/]],
    [`setup.exe|${MD5}`, "md5", MD5, [/pair/]],
    ["\u200B evil-example.com", "domain", "evil-example.com", [/Invisible/, /Blanks/]],
    ["mailto:Joe@Evil-Example.com", "email", "joe@evil-example.com", [/mailto/, /lower case/]],
  ])("%j as %s", (spelling, type, value, expected) => {
    const steps = explainSpelling(spelling, { type, value });

    const words = steps?.map(({ what }) => what) ?? [];
    expect(words).toHaveLength(expected.length);
    for (const [place, what] of expected.entries()) expect(words[place]).toMatch(what);
    expect(steps?.flatMap(({ text }) => text ?? []).at(-1) ?? value).toBe(value);
  });

  it("is not told of a value that the spelling does not become", () => {
    expect(explainSpelling("evil-example.com", { type: "domain", value: "other-example.com" })).toBeNull();
    expect(explainSpelling("no value at all", { type: "domain", value: "evil-example.com" })).toBeNull();
  });

  it("is told in steps that lead where cleaning leads, whatever was written", () => {
    const pieces = fc.constantFrom(
      "hxxp://",
      "[.]",
      "evil",
      "com",
      " ",
      "“",
      "(",
      ")",
      "[at]",
      "\u200b",
      "\\.",
      ".",
    );
    const texts = fc.oneof(
      fc.string({ unit: "binary", maxLength: 60 }),
      fc.array(pieces).map((all) => all.join("")),
    );
    fc.assert(
      fc.property(texts, (text) => {
        expect(cleanInSteps(text).at(-1)?.text ?? text).toBe(clean(text));
      }),
    );
  });

  it("says something exactly when the value is not what was written", () => {
    const words = fc.constantFrom(
      "Evil-Example[.]com",
      "evil-example.com",
      "45.155.205.7",
      "hxxp://a.com/B",
      SHA1,
    );
    fc.assert(
      fc.property(words, (text) => {
        const read = normalise(text);
        if (!read.ok) throw new Error(read.problem.message);
        expect(explainSpelling(text, read.value)?.length === 0).toBe(read.value.value === text);
      }),
    );
  });
});

describe("where in a row a value stands", () => {
  it.each<[string, IndicatorType, string, string | null]>([
    ["evil-example[.]com # c2", "domain", "evil-example.com", "evil-example[.]com"],
    ["2026-11-01,Evil-Example.com,85,phishing", "domain", "evil-example.com", "Evil-Example.com"],
    [
      '"1","hxxp://evil-example[.]com/a,b","x"',
      "url",
      "http://evil-example.com/a,b",
      "hxxp://evil-example[.]com/a,b",
    ],
    ["a;45.155.205.7:443;b", "ipv4", "45.155.205.7", "45.155.205.7:443"],
    [`{"Attribute":{"uuid":"x","value":"${MD5.toUpperCase()}"}}`, "md5", MD5, MD5.toUpperCase()],
    [
      '{"pattern":"[domain-name:value = \'Evil-Example.com\']"}',
      "domain",
      "evil-example.com",
      "Evil-Example.com",
    ],
    ["45.155.204.0-45.155.205.255", "ipv4-cidr", "45.155.204.0/23", null],
    ["nothing of it", "domain", "evil-example.com", null],
  ])("%j: %s %s", (raw, type, value, expected) => {
    expect(findSpelling(raw, { type, value })).toBe(expected);
  });
});
