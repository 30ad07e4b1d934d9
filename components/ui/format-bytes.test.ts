import { expect, it } from "vitest";

import { formatBytes } from "./format-bytes";

it.each([
  [0, "0 bytes"],
  [950, "950 bytes"],
  [1_536, "1.5 KB"],
  [98_304, "96 KB"],
  [1_572_864, "1.5 MB"],
  [5_368_709_120, "5 GB"],
])("writes %d bytes as %s", (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
