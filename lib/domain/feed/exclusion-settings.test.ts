import { describe, expect, it } from "vitest";

import { compileExclusion, exclusionRegexSchema } from "./exclusion-settings";

const excludes = (pattern: string, text: string): boolean => {
  const compiled = compileExclusion(pattern);
  if (typeof compiled !== "function") throw new TypeError(compiled.error);
  return compiled(text);
};

describe("compileExclusion", () => {
  it.each([
    [String.raw`^https?://intranet\.`, "http://intranet.example.com/", true],
    [String.raw`^https?://intranet\.`, "http://evil.com/", false],
    [String.raw`/^http:\/\/www.phishtank.com/i`, "HTTP://WWW.phishtank.com/x", true],
    ["/evil/", "an EVIL one", false],
    ["#^https?://www.phishtank.com#i", "HTTP://WWW.phishtank.com/x", true],
    [String.raw`~^\d+$~`, "12345", true],
    ["#evil", "#evil", true],
    ["Evil", "evil", false],
  ])("with %s answers for %s: %s", (pattern, text, expected) => {
    expect(excludes(pattern, text)).toBe(expected);
  });

  it("answers a pattern that would hang a backtracking engine at once", () => {
    expect(excludes("(a+)+$", `${"a".repeat(50_000)}!`)).toBe(false);
  });

  it.each(["(", "(?<=a)b", String.raw`(a)\1`])("refuses %s with a sentence", (pattern) => {
    const answer = exclusionRegexSchema.safeParse(pattern);

    expect(answer.error?.issues[0]?.message).toMatch(/^This pattern cannot be used: /);
  });
});
