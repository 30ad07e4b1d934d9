import { describe, expect, it } from "vitest";

import { entriesOfFile } from "./entries-of-file";

describe("a file of allowlist entries", () => {
  it("is read as text, one entry a line, without blank lines and remarks", () => {
    expect(entriesOfFile("\uFEFF# our own\r\nexample.com\r\n\r\n  partner.example  \n")).toBe(
      "example.com\npartner.example",
    );
  });

  it("is read in the form of MISP's warninglists", () => {
    const file = JSON.stringify({
      name: "Ours",
      type: "hostname",
      version: 1,
      list: ["example.com ", ".example.org"],
    });
    expect(entriesOfFile(file)).toBe("example.com\n.example.org");
  });

  it("that is broken JSON is shown as it is, so that each line says what is wrong", () => {
    expect(entriesOfFile('{"list": [\n"a.example"')).toBe('{"list": [\n"a.example"');
  });
});
