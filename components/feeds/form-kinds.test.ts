import { expect, it } from "vitest";

import { describeFirstStep } from "./form-kinds";

it.each([
  ["Give the address and press Preview", "csv", false],
  ["Choose a file", "upload", false],
  ["Choose another file, or press Preview", "upload", true],
] as const)("says “%s” to who has seen nothing yet, by what the form has", (words, kind, hasFile) => {
  expect(describeFirstStep(kind, hasFile)).toBe(words);
});
