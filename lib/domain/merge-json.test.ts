import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { diffJson, mergeJson } from "./merge-json";

// The cases of RFC 7396, appendix A, but for those whose target is no object.
const CASES: readonly [unknown, unknown, unknown][] = [
  [{ a: "b" }, { a: "c" }, { a: "c" }],
  [{ a: "b" }, { b: "c" }, { a: "b", b: "c" }],
  [{ a: "b" }, { a: null }, {}],
  [{ a: "b", b: "c" }, { a: null }, { b: "c" }],
  [{ a: ["b"] }, { a: "c" }, { a: "c" }],
  [{ a: "c" }, { a: ["b"] }, { a: ["b"] }],
  [{ a: { b: "c" } }, { a: { b: "d", c: null } }, { a: { b: "d" } }],
  [{ a: [{ b: "c" }] }, { a: [1] }, { a: [1] }],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

const json = fc.jsonValue({ maxDepth: 3 }).map(withoutNull);
const anObject = fc.dictionary(fc.oneof(fc.constantFrom("a", "b", "__proto__"), fc.string()), json, {
  maxKeys: 5,
});

/** In a merge patch null says that a member goes, so none can be set to it. */
function withoutNull(value: unknown): unknown {
  if (value === null) return 0;
  if (typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withoutNull(member)]));
}

describe("mergeJson", () => {
  it.each(CASES)("makes of %j and %j: %j", (before, patch, expected) => {
    expect(mergeJson(before, patch)).toEqual(expected);
  });

  it("leaves what is undefined in the patch as it is", () => {
    expect(mergeJson({ a: 1 }, { a: undefined })).toEqual({ a: 1 });
  });
});

describe("diffJson", () => {
  it("names nothing where nothing changed, and of objects what changed alone", () => {
    const before = { list: [1, 2], columns: { comment: 2, tags: 3 } };

    expect(diffJson(before, { ...before, gone: undefined })).toEqual({});
    expect(diffJson(before, { list: [1, 2], columns: { comment: 4 } })).toEqual({
      columns: { comment: 4, tags: null },
    });
  });

  it("makes of any object any other when it is merged", () => {
    fc.assert(
      fc.property(anObject, anObject, (before, after) => {
        expect(mergeJson(before, diffJson(before, after))).toEqual(after);
      }),
    );
  });
});
