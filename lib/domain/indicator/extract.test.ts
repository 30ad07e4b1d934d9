import { describe, expect, it } from "vitest";

import { parseText } from "./extract";

const MD5 = "44d88612fea8a8f36de82e1278abb02f";
const SHA256 = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f";
const EVIL_LINKS = ["https://evil.com/a", "https://evil.com/b", "https://evil.com/b"];

const valuesOf = (text: string): string[] => parseText(text).indicators.map(({ value }) => value);
const rejectedOf = (text: string): string[] => parseText(text).rejected.map(({ original }) => original);

describe("parseText", () => {
  it("takes the good values of a paste and says why the others are none, line by line", () => {
    const parsed = parseText("hxxp://evil[.]com/a # seen today\r\n\r\n999.1.1.1\n203.0.113[.]7");

    expect(parsed).toEqual({
      indicators: [
        {
          type: "url",
          value: "http://evil.com/a",
          line: 1,
          original: "hxxp://evil[.]com/a",
          context: "hxxp://evil[.]com/a # seen today",
        },
        {
          type: "ipv4",
          value: "203.0.113.7",
          line: 4,
          original: "203.0.113[.]7",
          context: "203.0.113[.]7",
        },
      ],
      rejected: [
        {
          line: 3,
          original: "999.1.1.1",
          reason:
            "“999.1.1.1” is no IP address: four numbers from 0 to 255 without leading zeros are expected.",
        },
      ],
    });
  });

  it.each([
    [
      "203.0.113.7, evil.com;foo@evil.com\tbbc.co.uk",
      ["203.0.113.7", "evil.com", "foo@evil.com", "bbc.co.uk"],
    ],
    ["203.0.113.7 203.0.113.8", ["203.0.113.7", "203.0.113.8"]],
    ["http://a.com/x,y;z http://b.com/", ["http://a.com/x,y;z", "http://b.com/"]],
    ["http://a.com/x,http://b.com/y,203.0.113.7", ["http://a.com/x", "http://b.com/y", "203.0.113.7"]],
    ["http://a.com/#frag", ["http://a.com/"]],
    ["0.0.0.0 evil.com www.evil.com", ["evil.com", "www.evil.com"]],
    ["127.0.0.1 203.0.113.7", ["127.0.0.1", "203.0.113.7"]],
    ["203.0.113.4 - 203.0.113.7", ["203.0.113.4/30"]],
    ["It called evil [.] com (203.0.113.7) yesterday.", ["evil.com", "203.0.113.7"]],
    ["203.0.113.7\u00A0203.0.113.8\u001D203.0.113.9", ["203.0.113.7", "203.0.113.8", "203.0.113.9"]],
    ["203.0.113.7\u200B203.0.113.8", ["203.0.113.7", "203.0.113.8"]],
    ['{"ip":"203.0.113.7","domain":"evil.com"}', ["203.0.113.7", "evil.com"]],
    ["<a>http://evil.com/x</a>", ["http://evil.com/x"]],
    ["Kim Doe<kim@evil.com>", ["kim@evil.com"]],
    ["evil.com|203.0.113.7 a.exe|44d88612fea8a8f36de82e1278abb02f", ["evil.com", "203.0.113.7", MD5]],
    ["C2 was hxxps:// evil[.]com/a", ["https://evil.com/a"]],
    ["bob @ gmail.com", ["bob@gmail.com"]],
    ["see [the site](https://evil.com/a) and [https://evil.com/b](https://evil.com/b)", EVIL_LINKS],
    ["http://203.0.113.7/bad.html</a><br></div>", ["http://203.0.113.7/bad.html"]],
    [
      '<link href="http://evil.com/css?family=A:400,700" rel="stylesheet">',
      ["http://evil.com/css?family=A:400,700"],
    ],
    ["myprocess -ip4:203.0.113[.]7 /url:https://evil.com/a?b=c", ["203.0.113.7", "https://evil.com/a?b=c"]],
    ["DownloadString('https://evil[.]com/a.ps1')", ["https://evil.com/a.ps1"]],
    ["spf=pass smtp.mailfrom=kim@evil.com d=evil.com", ["kim@evil.com", "evil.com"]],
    ["# all comment 203.0.113.7", []],
    [" ,; ", []],
  ])("reads %j", (text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
    expect(rejectedOf(text)).toEqual([]);
  });

  it.each([
    ["203.0.113.7, foo, evil.com", ["foo"]],
    ["Blocked 203.0.113.7 and evil.invalidtld today", ["evil.invalidtld"]],
    [String.raw`C:\Program Files\a b.exe`, [String.raw`C:\Program Files\a b.exe`]],
    ["nothing to see here", ["nothing to see here"]],
    ["version=10.0.0.1", ["version=10.0.0.1"]],
    [`imphash: ${MD5}`, [`imphash: ${MD5}`]],
    [`Import hash\n${MD5}`, ["Import hash", MD5]],
    [`a.dll, ja3 ${MD5}`, [`ja3 ${MD5}`]],
    ["Message-ID: <20240101.abc@evil.com>", ["20240101.abc@evil.com"]],
  ])("drops nothing of %j in silence", (text, expected) => {
    expect(rejectedOf(text)).toEqual(expected);
  });

  it.each([
    ["a soft hyphen", "hxxp://ev\u00AD\nil[.]com/a", ["http://evil.com/a"]],
    ["an address in angle brackets", "<http://evil.com/a/\n  b/\nc.exe> was", ["http://evil.com/a/b/c.exe"]],
    ["a cut within a dot", "It asks evil[.]\ncom/a for more", ["http://evil.com/a"]],
    ["a cut behind the scheme", "It asks hxxp://\nevil[.]com/a", ["http://evil.com/a"]],
    ["a cut within an escape", "http://evil.com/a%2\nFb", ["http://evil.com/a%2Fb"]],
    ["a hash whose pieces are none", `${SHA256.slice(0, 50)}\n${SHA256.slice(50)} a.exe`, [SHA256]],
    ["a hash with a hyphen", `${SHA256.slice(0, 50)}-\n${SHA256.slice(50)}`, [SHA256]],
    ["a hash by its name", `SHA-256: ${SHA256.slice(0, 32)}\n${SHA256.slice(32)}`, [SHA256]],
    ["a hash in four pieces", `SHA256 ${SHA256.match(/.{16}/g)?.join("\n") ?? ""}`, [SHA256]],
  ])("joins %s", (_name, text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });

  it.each([
    ["two hashes", `${MD5}\n${MD5}`, [MD5, MD5]],
    ["two addresses", "http://evil.com/a-\nhttp://evil.com/b", ["http://evil.com/a-", "http://evil.com/b"]],
    ["an address and a sentence", "http://evil.com/\nThe file", ["http://evil.com/"]],
    [
      "an address with an empty parameter",
      "http://evil.com/?a=\nevil.com",
      ["http://evil.com/?a=", "evil.com"],
    ],
  ])("leaves %s on two lines apart", (_name, text, expected) => {
    expect(valuesOf(text)).toEqual(expected);
  });

  it("asks for an address whose end nobody can tell", () => {
    expect(parseText("see http://evil.com/some-\nthing.exe today")).toMatchObject({
      indicators: [],
      rejected: [{ line: 1, original: "http://evil.com/some-" }, { line: 2 }],
    });
  });

  it("reads an e-mail as its reader saw it, with the lines of its source", () => {
    const text = [
      "Subject: hello",
      "Content-Transfer-Encoding: quoted-printable",
      "",
      "Please see http://evil.com/a?id=3D1&key=3Daaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=",
      "bbbb and=20evil=2Eexample.com",
      "--boundary",
      "http://evil.com/?plain=3D1",
    ].join("\r\n");

    expect(parseText(text).indicators).toMatchObject([
      { value: `http://evil.com/a?id=1&key=${"a".repeat(33)}bbbb`, line: 4 },
      { value: "evil.example.com", line: 4 },
      { value: "http://evil.com/?plain=3D1", line: 7 },
    ]);
  });

  it("needs no longer for a hostile text than for its length", () => {
    const started = performance.now();
    for (const text of [
      "<http://a\n".repeat(20_000),
      "ab12cd34\n".repeat(20_000),
      "-a:".repeat(30_000),
      "=3D=\n".repeat(9_000),
    ])
      parseText(text);

    // A quadratic step would take minutes.
    expect(performance.now() - started).toBeLessThan(10_000);
  });
});
