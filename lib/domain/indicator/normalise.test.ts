import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { normalise } from "./normalise";

const MD5 = "44d88612fea8a8f36de82e1278abb02f";
const SHA1 = "3395856ce81f2b7382dee72602f798b642f14140";
const SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";
const SHA512 = SHA256 + SHA256;
const PROPERTY_MS = 30_000;

describe("normalise", () => {
  it.each([
    [MD5.toUpperCase(), "md5", MD5],
    [SHA1, "sha1", SHA1],
    [` ${SHA256}\u00A0`, "sha256", SHA256],
    [SHA512, "sha512", SHA512],
    [`sha256:${SHA256}`, "sha256", SHA256],
  ])("takes %j for a hash by its length", (raw, type, value) => {
    expect(normalise(raw)).toEqual({ ok: true, value: { type, value } });
  });

  it.each([
    ["203.0.113.7", { type: "ipv4", value: "203.0.113.7" }],
    ["203[.]0[.]113[.]7", { type: "ipv4", value: "203.0.113.7" }],
    ["[8.8.8.8]", { type: "ipv4", value: "8.8.8.8" }],
    ["10.0.0.1", { type: "ipv4", value: "10.0.0.1" }],
    ["203.0.113.7/32", { type: "ipv4", value: "203.0.113.7" }],
    ["203.0.113.7:8", { type: "ipv4", value: "203.0.113.7", port: 8 }],
    ["203.0.113.7[:]443", { type: "ipv4", value: "203.0.113.7", port: 443 }],
    ["::ffff:203.0.113.7", { type: "ipv4", value: "203.0.113.7", marks: ["ipv4-mapped"] }],
    ["::FFFF:CB00:7107", { type: "ipv4", value: "203.0.113.7", marks: ["ipv4-mapped"] }],
    ["2001:DB8:0:0:0:0:0:1", { type: "ipv6", value: "2001:db8::1" }],
    ["2001:db8::1:443", { type: "ipv6", value: "2001:db8::1:443" }],
    ["[2001:db8::1]:443", { type: "ipv6", value: "2001:db8::1", port: 443 }],
    ["[2001:db8::1]", { type: "ipv6", value: "2001:db8::1" }],
    ["2001:db8::1/128", { type: "ipv6", value: "2001:db8::1" }],
    ["2001:db8::", { type: "ipv6", value: "2001:db8::" }],
    ["fe80::1%eth0", { type: "ipv6", value: "fe80::1" }],
    ["203.0.113.0/24", { type: "ipv4-cidr", value: "203.0.113.0/24" }],
    ["203.0.113.9/24", { type: "ipv4-cidr", value: "203.0.113.0/24", marks: ["host-bits-dropped"] }],
    ["203.0.113.0/255.255.255.0", { type: "ipv4-cidr", value: "203.0.113.0/24" }],
    ["0.0.0.0/0", { type: "ipv4-cidr", value: "0.0.0.0/0" }],
    ["2001:db8::1/33", { type: "ipv6-cidr", value: "2001:db8::/33", marks: ["host-bits-dropped"] }],
    ["::ffff:203.0.113.0/120", { type: "ipv4-cidr", value: "203.0.113.0/24", marks: ["ipv4-mapped"] }],
  ])("spells the address %j the canonical way", (raw, value) => {
    expect(normalise(raw)).toEqual({ ok: true, value });
  });

  it.each([
    ["bbc.co.uk", { type: "domain", value: "bbc.co.uk" }],
    ["Evil.Example.COM.", { type: "domain", value: "evil.example.com" }],
    ["_dmarc.a_b.example.com", { type: "domain", value: "_dmarc.a_b.example.com" }],
    ["Bücher.example.com", { type: "domain", value: "xn--bcher-kva.example.com" }],
    ["XN--BCHER-KVA.example.com", { type: "domain", value: "xn--bcher-kva.example.com" }],
    ["💩.la", { type: "domain", value: "xn--ls8h.la" }],
    ["пример.рф", { type: "domain", value: "xn--e1afmkfd.xn--p1ai" }],
    ["ｅｖｉｌ。com", { type: "domain", value: "evil.com" }],
    ["expyuzz4wqqyqhjn.onion", { type: "domain", value: "expyuzz4wqqyqhjn.onion" }],
    ["evil[.]com", { type: "domain", value: "evil.com" }],
    ["evil(.)com", { type: "domain", value: "evil.com" }],
    ["evil{.}com", { type: "domain", value: "evil.com" }],
    ["evil [.] com", { type: "domain", value: "evil.com" }],
    ["evil[DOT]com", { type: "domain", value: "evil.com" }],
    ["evil(dot)com", { type: "domain", value: "evil.com" }],
    ["“evil.com”,", { type: "domain", value: "evil.com" }],
    ["\u200Bevil\u200B.com\uFEFF", { type: "domain", value: "evil.com" }],
    ["<evil.com>", { type: "domain", value: "evil.com" }],
    ["evil.com:8080", { type: "domain", value: "evil.com", port: 8080 }],
    ["evil.com#4#2#note", { type: "domain", value: "evil.com" }],
    ["*.evil.com", { type: "domain", value: "evil.com", marks: ["wildcard"] }],
    ["github.io", { type: "domain", value: "github.io" }],
  ])("spells the name %j the canonical way", (raw, value) => {
    expect(normalise(raw)).toEqual({ ok: true, value });
  });

  it.each([
    ["http://x.com:8080", { type: "url", value: "http://x.com:8080/" }],
    ["HTTP://EVIL.com:80/A?b=C", { type: "url", value: "http://evil.com/A?b=C" }],
    ["https://evil.com:0443/", { type: "url", value: "https://evil.com/" }],
    ["hxxp://EVIL[.]com/a b#frag", { type: "url", value: "http://evil.com/a%20b" }],
    ["hXXps[:]//evil[.]com[/]a", { type: "url", value: "https://evil.com/a" }],
    ["hxxp[://]evil.com/", { type: "url", value: "http://evil.com/" }],
    ["[hxxps://]evil.com/", { type: "url", value: "https://evil.com/" }],
    ["h[tt]ps://evil.com/", { type: "url", value: "https://evil.com/" }],
    ["meow://evil.com/", { type: "url", value: "http://evil.com/" }],
    ["fxp://evil.com/", { type: "url", value: "ftp://evil.com/" }],
    ["http://evil.com/a,b;c", { type: "url", value: "http://evil.com/a,b;c" }],
    ["(http://evil.com/a_(b))", { type: "url", value: "http://evil.com/a_(b)" }],
    ["http://evil.com./a/../b", { type: "url", value: "http://evil.com/b" }],
    [String.raw`http://evil.com\a`, { type: "url", value: "http://evil.com/a" }],
    ["http://user:pw@evil.com/", { type: "url", value: "http://evil.com/", marks: ["user-info-dropped"] }],
    ["http://good.com@evil.com/", { type: "url", value: "http://evil.com/", marks: ["user-info-dropped"] }],
    ["http://2130706433/", { type: "url", value: "http://127.0.0.1/", marks: ["address-decoded"] }],
    ["http://0x7f.1/", { type: "url", value: "http://127.0.0.1/", marks: ["address-decoded"] }],
    ["http://0300.0250.0.1/", { type: "url", value: "http://192.168.0.1/", marks: ["address-decoded"] }],
    ["http://[::ffff:203.0.113.7]/", { type: "url", value: "http://203.0.113.7/", marks: ["ipv4-mapped"] }],
    ["http://[2001:DB8::1]:81/", { type: "url", value: "http://[2001:db8::1]:81/" }],
    ["http://a_b.evil.com/", { type: "url", value: "http://a_b.evil.com/" }],
    ["http://bücher.example.com/ä", { type: "url", value: "http://xn--bcher-kva.example.com/%C3%A4" }],
    ["http://panel.bazar/x", { type: "url", value: "http://panel.bazar/x", marks: ["unknown-suffix"] }],
    ["tcp://203.0.113.7:443", { type: "url", value: "tcp://203.0.113.7:443/" }],
    ["evil.com/path", { type: "url", value: "http://evil.com/path", marks: ["scheme-added"] }],
    ["evil.com:8080/path", { type: "url", value: "http://evil.com:8080/path", marks: ["scheme-added"] }],
    ["203.0.113.7/admin", { type: "url", value: "http://203.0.113.7/admin", marks: ["scheme-added"] }],
    [
      "evil.com/?u=http://x.com",
      { type: "url", value: "http://evil.com/?u=http://x.com", marks: ["scheme-added"] },
    ],
  ])("spells the URL %j the canonical way", (raw, value) => {
    expect(normalise(raw)).toEqual({ ok: true, value });
  });

  it.each([
    ["Foo@EVIL.com", "foo@evil.com"],
    ["foo[@]evil[.]com", "foo@evil.com"],
    ["foo [at] evil [dot] com", "foo@evil.com"],
    ["foo(at)evil.com", "foo@evil.com"],
    ["mailto:foo@evil.com", "foo@evil.com"],
    ["<foo@bücher.example.com>;", "foo@xn--bcher-kva.example.com"],
  ])("spells the e-mail address %j the canonical way", (raw, value) => {
    expect(normalise(raw)).toEqual({ ok: true, value: { type: "email", value } });
  });

  it.each([
    ["", "empty"],
    [" \u200B\u00A0", "empty"],
    ["host.invalidtld", "no_public_suffix"],
    ["co.uk", "is_public_suffix"],
    ["*.github.io", "is_public_suffix"],
    ["162.241.149.275", "bad_address"],
    ["010.0.0.1", "bad_address"],
    ["203.0.113.7/33", "bad_prefix"],
    ["203.0.113.7/255.0.255.0", "bad_prefix"],
    ["2001:db8::/129", "bad_prefix"],
    ["203.0.113.7:99999", "bad_port"],
    ["evil.com:0", "bad_port"],
    ["http://evil.com:99999/", "bad_port"],
    ["203.0.113.7-203.0.113.9", "address_range"],
    [MD5.slice(1), "bad_hash"],
    ["a".repeat(56), "unsupported_hash"],
    ["hxxps:/evil.com/a", "not_an_indicator"],
    ["http:///evil.com/", "bad_url"],
    ["http://a.com/x http://b.com/y", "bad_url"],
    ["http://a..b/", "bad_host"],
    ["http://localhost/", "bad_host"],
    ["http://203.0.113.7.5/", "bad_host"],
    ["javascript://evil.com", "unsupported_scheme"],
    ["foo@bar", "bad_email"],
    ["a@b@evil.com", "bad_email"],
    ["evil\u0000.com", "control_character"],
    ["http://evil.com/\r\nx", "control_character"],
    ["2130706433", "not_an_indicator"],
    ["localhost", "not_an_indicator"],
    ["good.com##.ad", "not_an_indicator"],
    ["and/or", "not_an_indicator"],
    ["/etc/passwd", "not_an_indicator"],
    [String.raw`C:\Windows\evil.exe`, "not_an_indicator"],
    ["evil com", "not_an_indicator"],
    ["-evil.com", "not_an_indicator"],
    ["12345::1", "not_an_indicator"],
  ])("refuses %j and says why", (raw, code) => {
    const result = normalise(raw);

    expect(result).toMatchObject({ ok: false, problem: { code } });
    expect(result.ok ? "" : result.problem.message).toMatch(/^(?:“.+” .+|There is no value)\.$/s);
  });

  it("refuses what is too long for any indicator without reading it", () => {
    expect(normalise("a".repeat(1_000_000))).toMatchObject({ ok: false, problem: { code: "too_long" } });
    expect(normalise(`http://evil.com/${"ä".repeat(4_000)}`)).toMatchObject({
      problem: { code: "too_long" },
    });
  });

  it("explains an unknown suffix in a sentence", () => {
    expect(normalise("host.invalidtld")).toEqual({
      ok: false,
      problem: { code: "no_public_suffix", message: "“host.invalidtld” has no known public suffix." },
    });
  });

  it("tells a certificate's SHA-1 from a file's by the hint, in the spellings of certificate tools", () => {
    const thumbprint = SHA1.toUpperCase().match(/../g)?.join(":") ?? "";

    expect(normalise(SHA1, { type: "cert-sha1" })).toEqual({
      ok: true,
      value: { type: "cert-sha1", value: SHA1 },
    });
    expect(normalise(thumbprint, { type: "cert-sha1" })).toMatchObject({ ok: true, value: { value: SHA1 } });
    expect(normalise(thumbprint)).toMatchObject({ ok: false });
  });

  it("holds a value against its stated type only when asked to", () => {
    expect(normalise("evil.com", { type: "ipv4" })).toMatchObject({ ok: true, value: { type: "domain" } });
    expect(normalise("evil.com", { type: "ipv4", strict: true })).toEqual({
      ok: false,
      problem: { code: "type_mismatch", message: "“evil.com” reads as Domain, not as IPv4 address." },
    });
  });

  // Drawn from what refanging, unwrapping and URL parsing act on, so that their effects meet.
  const hostile = fc
    .array(
      fc.constantFrom(
        ...Array.from("./\\:@?#%[](){}<>\"' ,;!*-_~^|`"),
        ..."[.] (dot) [at] [/] [://] :// http hxxp ftp evil.com a.b 1.2.3.4 ::1 /../ /./ ä 💩 \u200B \u00A0 %2e %2E 443".split(
          " ",
        ),
      ),
      { maxLength: 14 },
    )
    .map((parts) => parts.join(""));
  const anything = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.domain(),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc.emailAddress(),
    fc.string(),
    hostile,
    hostile.map((text) => `http://evil.com/${text}`),
    hostile.map((text) => `http://${text}.evil.com/`),
    hostile.map((text) => `evil.com${text}`),
  );

  it(
    "changes nothing when run on its own output",
    () => {
      fc.assert(
        fc.property(anything, (raw) => {
          const once = normalise(raw);
          fc.pre(once.ok);
          const { type, value } = once.value;
          expect(normalise(value)).toMatchObject({ ok: true, value: { type, value } });
        }),
        { numRuns: 3_000 },
      );
    },
    PROPERTY_MS,
  );

  it(
    "spells URLs as the WHATWG parser does",
    () => {
      const urls = fc.oneof(
        hostile.map((text) => `http://evil.com/${text}`),
        hostile.map((text) => `https://evil.com/a${text}?${text}`),
      );
      fc.assert(
        fc.property(urls, (raw) => {
          const result = normalise(raw);
          fc.pre(result.ok);
          const { value } = result.value;
          expect(new URL(value).href).toBe(value);
        }),
        { numRuns: 2_000 },
      );
    },
    PROPERTY_MS,
  );

  it("needs no longer for a hostile value than for its length", () => {
    const started = performance.now();
    for (const text of [
      ")".repeat(8_000),
      "[[.]]".repeat(1_600),
      "(".repeat(8_000),
      `"' `.repeat(2_600),
      "a.".repeat(4_000),
    ])
      normalise(text);

    // A quadratic step would take seconds.
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it("gives two spellings of one value one record", () => {
    const wrap = fc.constantFrom("", " ", '"', "“", "\u200B", "\u00A0");
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.domain()), wrap, fc.boolean(), (value, around, isUpper) => {
        const plain = normalise(value);
        fc.pre(plain.ok);
        const defanged = value.replaceAll(".", "[.]");
        const other = around + (isUpper ? defanged.toUpperCase() : defanged) + around;
        expect(normalise(other)).toEqual(plain);
      }),
    );
  });
});
