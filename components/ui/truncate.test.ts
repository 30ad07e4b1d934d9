import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { splitTail, truncateMiddle } from "./truncate";

const HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("cutting in the middle", () => {
  it("keeps both ends", () => {
    expect(truncateMiddle(HASH, 17)).toBe("e3b0c442…7852b855");
  });

  it("leaves alone what fits", () => {
    expect(truncateMiddle("1[.]2[.]3[.]4", 13)).toBe("1[.]2[.]3[.]4");
  });

  it("never exceeds the length, and never splits a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 1, max: 40 }), (text, max) => {
        const cut = truncateMiddle(text, max);
        expect(Array.from(cut).length).toBeLessThanOrEqual(Math.max(max, 1));
        expect(cut).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});

describe("splitting off the tail", () => {
  it("loses nothing", () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 0, max: 20 }), (text, tailLength) => {
        const { head, tail } = splitTail(text, tailLength);
        expect(head + tail).toBe(text);
      }),
    );
  });

  it("keeps a short text whole", () => {
    expect(splitTail("1[.]2[.]3[.]4", 10)).toStrictEqual({ head: "1[.]2[.]3[.]4", tail: "" });
  });
});
