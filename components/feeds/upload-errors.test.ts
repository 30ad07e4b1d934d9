import { describe, expect, it } from "vitest";

import { uploadErrors } from "./upload-errors";

const FIRST = ["Choose a file first."];
const EMPTY = "The file is empty. Choose another one.";

describe("what is wrong with the file of a form", () => {
  it("is that there is none, until one is chosen", () => {
    expect(uploadErrors({ problem: null, answered: FIRST, overtaken: null })).toStrictEqual(FIRST);
    expect(uploadErrors({ problem: null, answered: FIRST, overtaken: FIRST })).toStrictEqual([]);
  });

  it("is what became of the one chosen, and nothing beside it", () => {
    expect(uploadErrors({ problem: EMPTY, answered: FIRST, overtaken: null })).toStrictEqual([EMPTY]);
  });

  it("is said again by a later answer", () => {
    expect(uploadErrors({ problem: null, answered: [...FIRST], overtaken: FIRST })).toStrictEqual(FIRST);
  });
});
