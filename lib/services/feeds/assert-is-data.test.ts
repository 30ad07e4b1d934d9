import { describe, expect, it } from "vitest";

import { assertIsData } from "./assert-is-data";

const judge = (head: Buffer) => {
  assertIsData({ bytes: head.length, head }, "text/html");
};
const PAGE = "<!doctype html><html><body>Sign in</body></html>";

describe("what is no feed", () => {
  it.each([
    ["plain", Buffer.from(PAGE)],
    ["behind a byte order mark", Buffer.from(`\uFEFF${PAGE}`)],
    ["in UTF-16", Buffer.from(PAGE, "utf16le")],
  ])("refuses a web page %s", (_name, head) => {
    expect(() => {
      judge(head);
    }).toThrow(/^The feed answered with a web page, not data \(text\/html, \d+ bytes\)/);
  });

  it("names a robot check that comes as a good answer", () => {
    expect(() => {
      judge(Buffer.from("<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>"));
    }).toThrow(/^The feed's server takes Sluice for a robot: .*\(Cloudflare\)\. Nothing was changed\. Ask/);
  });

  it("refuses an answer of nothing", () => {
    expect(() => {
      judge(Buffer.alloc(0));
    }).toThrow("no data (0 bytes)");
  });

  it("takes a list, even one that speaks of pages", () => {
    expect(() => {
      judge(Buffer.from("# <html>\nevil.example.com\n"));
    }).not.toThrow();
  });
});
