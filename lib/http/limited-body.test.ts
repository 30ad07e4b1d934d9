import { describe, expect, it } from "vitest";

import { formatBytes, readBytes } from "./limited-body";

const body = async function* (...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
};

describe("reading a body", () => {
  it("reads all of it up to the limit", async () => {
    expect(Buffer.from(await readBytes(body("ab", "cd"), 4)).toString()).toBe("abcd");
  });

  it("refuses one byte more", async () => {
    await expect(readBytes(body("ab", "cd", "e"), 4)).rejects.toMatchObject({ code: "upstream_rejected" });
  });

  it("lets go of an endless body", async () => {
    let isLetGo = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(Buffer.from("xyz"));
      } finally {
        isLetGo = true;
      }
    };

    await expect(readBytes(endless(), 8)).rejects.toThrow("longer than 8 bytes");
    expect(isLetGo).toBe(true);
  });
});

it.each([
  [12, "12 bytes"],
  [14_336, "14 KB"],
  [64 * 1024 * 1024, "64 MB"],
])("writes %d as %s", (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});
