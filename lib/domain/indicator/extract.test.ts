import { describe, expect, it } from "vitest";

import { parseText } from "./extract";

const valuesOf = (text: string): string[] => parseText(text).indicators.map(({ value }) => value);
const rejectedOf = (text: string): string[] => parseText(text).rejected.map(({ original }) => original);

describe("parseText", () => {
  it("takes the good values of a paste and says why the others are none, line by line", () => {
    const parsed = parseText("hxxp://evil[.]com/a # seen today\r\n\r\n999.1.1.1\n203.0.113[.]7");

    expect(parsed).toEqual({
      indicators: [
        { type: "url", value: "http://evil.com/a", line: 1, original: "hxxp://evil[.]com/a" },
        { type: "ipv4", value: "203.0.113.7", line: 4, original: "203.0.113[.]7" },
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
  ])("drops nothing of %j in silence", (text, expected) => {
    expect(rejectedOf(text)).toEqual(expected);
  });
});
