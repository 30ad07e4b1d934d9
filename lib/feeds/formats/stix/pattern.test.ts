import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { parsePattern } from "./pattern";

/** `object:path = value` for each comparison, or the reason. */
const read = (pattern: string): readonly string[] | string => {
  const result = parsePattern(pattern);
  return result.ok
    ? result.comparisons.map(
        ({ object, path, operator, value }) => `${object}:${path.join(".")} ${operator} ${value}`,
      )
    : result.reason;
};

describe("parsePattern", () => {
  it.each([
    ["[ipv4-addr:value = '192.0.2.1']", ["ipv4-addr:value = 192.0.2.1"]],
    ["[ ipv6-addr : value='2001:db8::1' ]", ["ipv6-addr:value = 2001:db8::1"]],
    ["[ipv4-addr:value ISSUBSET '192.0.2.0/24']", ["ipv4-addr:value ISSUBSET 192.0.2.0/24"]],
    ["[file:hashes.'SHA-256' = 'ab']", ["file:hashes.SHA-256 = ab"]],
    ["[file:hashes.\"SHA-256\" = 'ab']", ["file:hashes.SHA-256 = ab"]],
    ["[file:hashes.MD5 = 'ab']", ["file:hashes.MD5 = ab"]],
    ["[FILE:hashes.SHA256 = 'ab']", ["file:hashes.SHA256 = ab"]],
    ["[x509-certificate:hashes.'SHA-1' = 'ab']", ["x509-certificate:hashes.SHA-1 = ab"]],
    ["[email-message:from_ref.value = 'a@b.example']", ["email-message:from_ref.value = a@b.example"]],
    ["[url:value = 'http://a.example/it\\'s?x=\\\\y']", ["url:value = http://a.example/it's?x=\\y"]],
    ["[url:value = 'http://a.example/ OR [x]']", ["url:value = http://a.example/ OR [x]"]],
    [
      "[domain-name:value = 'a' OR domain-name:value = 'b']",
      ["domain-name:value = a", "domain-name:value = b"],
    ],
    ["[domain-name:value = 'a'] OR [url:value = 'b']", ["domain-name:value = a", "url:value = b"]],
    [
      "([domain-name:value = 'a'] OR [(url:value = 'b' or url:value = 'c')])",
      ["domain-name:value = a", "url:value = b", "url:value = c"],
    ],
    ["[domain-name:value IN ('a', 'b')]", ["domain-name:value = a", "domain-name:value = b"]],
    ["[domain-name:resolves_to_refs[*].value = 'a']", ["domain-name:resolves_to_refs.*.value = a"]],
    [
      "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1']",
      ["network-traffic:dst_ref.value = 192.0.2.1"],
    ],
    [
      "[network-traffic:src_ref.value = '192.0.2.1' AND network-traffic:src_ref.type = 'ipv4-addr']",
      ["network-traffic:src_ref.value = 192.0.2.1"],
    ],
    [
      "[(network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '192.0.2.1') OR url:value = 'b']",
      ["network-traffic:dst_ref.value = 192.0.2.1", "url:value = b"],
    ],
  ])("reads %s", (pattern, expected) => {
    expect(read(pattern)).toEqual(expected);
  });

  it.each([
    ["[file:name = 'a' AND file:hashes.MD5 = 'b']", "several things at once (AND)"],
    ["[url:value = 'a' OR file:name = 'b' AND file:size = 3]", "no text"],
    ["[url:value = 'a' OR (file:name = 'b' AND url:value = 'c')]", "(AND)"],
    ["[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:src_ref.value = 'a']", "(AND)"],
    [
      "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = 'a' AND network-traffic:dst_port = 80]",
      "(AND)",
    ],
    ["[url:value = 'a'] AND [url:value = 'b']", "(AND)"],
    ["[url:value = 'a'] FOLLOWEDBY [url:value = 'b']", "(FOLLOWEDBY)"],
    ["[url:value = 'a'] REPEATS 5 TIMES WITHIN 60 SECONDS", "under a condition (REPEATS)"],
    ["[url:value = 'a'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'", "(START)"],
    ["[url:value != 'a']", "what a value is not"],
    ["[url:value NOT = 'a']", "what a value is not"],
    ["[url:value NOT IN ('a')]", "what a value is not"],
    ["[url:value LIKE 'a%']", "“LIKE”"],
    ["[url:value MATCHES '^a']", "“MATCHES”"],
    ["[file:size > 5]", "“>”"],
    ["[ipv4-addr:value ISSUPERSET '192.0.2.0/24']", "“ISSUPERSET”"],
    ["[EXISTS url:value]", "exists"],
    ["[file:size = 5]", "no text"],
    ["[url:value = h'6162']", "no text"],
    ["[url:value = 'a", "cannot be read at character 14"],
    ["[url:value = 'a'", "ends where “]”"],
    ["[url:value = ]", "no text"],
    ["[url = 'a']", "cannot be read at “=”"],
    ["url:value = 'a'", "cannot be read at “url”"],
    ["[url:value = 'a'] x", "cannot be read at “x”"],
    ["", "ends where “[”"],
    ["$", "character 1"],
  ])("refuses %s", (pattern, expected) => {
    expect(read(pattern)).toContain(expected);
  });

  it.each(["", "["])("refuses brackets inside brackets without end after %j", (start) => {
    expect(read(start + "(".repeat(100_000))).toContain("too many brackets");
  });

  it("reads a value of a megabyte at once", () => {
    const value = "x\\'".repeat(350_000);

    expect(read(`[url:value = '${value}']`)).toEqual([`url:value = ${"x'".repeat(350_000)}`]);
  });

  const property = fc.constantFrom(
    "ipv4-addr:value",
    "url:value",
    "file:hashes.'SHA-256'",
    "email-message:from_ref.value",
  );
  const written = (value: string): string => `'${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;

  it("gives back every value that was written, whatever is in it", () => {
    const unit = fc.constantFrom("'", "\\", '"', "[", "]", " OR ", " and ", "\n", "a", "é", "😀", "\u0000");
    const comparison = fc.tuple(property, fc.string({ unit }));
    fc.assert(
      fc.property(
        fc.array(fc.array(comparison, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(" OR ", "\nor\t"),
        (groups, or) => {
          const pattern = groups
            .map((group) => `[${group.map(([path, value]) => `${path} = ${written(value)}`).join(or)}]`)
            .join(or);
          const result = parsePattern(pattern);

          expect(result.ok && result.comparisons.map(({ value }) => value)).toEqual(
            groups.flat().map(([, value]) => value),
          );
        },
      ),
    );
  });

  it("answers any text, and takes no part of a pattern for the whole", () => {
    const piece = fc.oneof(
      fc.constantFrom(
        "[",
        "]",
        "(",
        ")",
        " AND ",
        " OR ",
        " NOT ",
        " = ",
        "!=",
        "url:value",
        "'a'",
        "'",
        "\\",
        " IN ",
        "t'x'",
        "5",
      ),
      fc.string({ maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const pattern = pieces.join("");
        const result = parsePattern(pattern);

        const outside = pattern.replace(/'(?:[^'\\]|\\.)*'/gs, "");
        const isSound = result.ok
          ? result.comparisons.length > 0 && !/\b(?:AND|NOT)\b|!=/i.test(outside)
          : result.reason.endsWith(".");
        expect(isSound).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
