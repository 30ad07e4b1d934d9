import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { safeReturnTo } from "./return-to";

describe("where to go after signing in", () => {
  it.each([
    "/t/team-a/feeds",
    "/t/team-a/indicators?q=1.2.3.4&sort=value#row-3",
    "/search?q=a%2Fb",
    "/t/team-a/feeds/..",
  ])("keeps %s on this site", (address) => {
    expect(new URL(safeReturnTo(address), "https://sluice.example").href).toBe(
      new URL(address, "https://sluice.example").href,
    );
  });

  it.each([
    "",
    "t/team-a",
    "https://evil.example",
    "HTTPS://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "/a/..//evil.example",
    "/.//evil.example",
    "/%2e%2e//evil.example/%2e%2e",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "/\u0000/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\u007f/evil.example",
    "@evil.example",
    ".evil.example",
    ":80",
    "?returnTo=//evil.example",
  ])("refuses %j", (address) => {
    const target = new URL(safeReturnTo(address), "https://sluice.example");
    expect(target.origin).toBe("https://sluice.example");
    expect(safeReturnTo(address).startsWith("//")).toBe(false);
  });

  it("never leaves the site, whatever it is given", () => {
    const pieces = fc.constantFrom(
      "/",
      "\\",
      "..",
      ".",
      "evil.example",
      ":",
      "@",
      "%2f",
      "%5c",
      "\t",
      "http:",
      "?",
      "#",
      " ",
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
        const target = safeReturnTo(parts.join(""));
        expect(new URL(target, "https://sluice.example").origin).toBe("https://sluice.example");
        expect(target).toMatch(/^\/(?!\/)/);
      }),
    );
  });

  it("goes home without an address", () => {
    expect(safeReturnTo(null)).toBe("/");
    expect(safeReturnTo(undefined)).toBe("/");
  });
});
