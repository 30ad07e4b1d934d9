import { describe, expect, it } from "vitest";

import { spellingsOf } from "./secret-spellings";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("the spellings of a secret", () => {
  it.each([
    ["as it is", "pa55/word", "pa55/word"],
    ["with slashes escaped in JSON", "pa55/word", "pa55\\/word"],
    ["with quotes escaped in JSON", 'pa55"word', 'pa55\\"word'],
    ["without its scheme", "Bearer t0ken-x", "t0ken-x"],
    ["of a header of Basic, undone", `Basic ${base64("joe:pa55word")}`, "pa55word"],
    ["of a header of Basic, as Base64", `Basic ${base64("joe:pa55word")}`, base64("joe:pa55word")],
    ["that stood in an address, undone", "pa55%2Fword%21", "pa55/word!"],
    ["that is put into an address", "pa55/word", "pa55%2Fword"],
  ])("have it %s", (_how, secret, spelling) => {
    expect(spellingsOf([secret])).toContain(spelling);
  });

  it("are longest first, each once, and none so short that it would hide half of a text", () => {
    expect(spellingsOf(["abcd", "abcdef", "abc", "abcd"])).toEqual(["abcdef", "abcd"]);
  });

  it("of no secret with half a sign or a lone percent sign fail", () => {
    expect(spellingsOf(["100%-sure", "half\uD800"])).toContain("100%-sure");
  });
});
