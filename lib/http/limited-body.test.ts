import { describe, expect, it } from "vitest";

import { formatBytes, readBytes, readJson, readStart, readText } from "./limited-body";

const body = async function* (...parts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(typeof part === "string" ? Buffer.from(part) : part);
};

describe("reading a body", () => {
  it("reads all of it up to the limit", async () => {
    expect(Buffer.from(await readBytes(body("ab", "cd"), 4)).toString()).toBe("abcd");
  });

  it("refuses one byte more", async () => {
    await expect(readBytes(body("ab", "cd", "e"), 4)).rejects.toMatchObject({ code: "upstream_rejected" });
  });

  it("reads the start of an endless body and lets go of it", async () => {
    let isLetGo = false;
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield await Promise.resolve(Buffer.from("xyz"));
      } finally {
        isLetGo = true;
      }
    };

    const { bytes, isWhole } = await readStart(endless(), 8);

    expect(Buffer.from(bytes).toString()).toBe("xyzxyzxy");
    expect(isWhole).toBe(false);
    expect(isLetGo).toBe(true);
  });

  it("drops a byte order mark and joins a character split between chunks", async () => {
    const snow = Buffer.from("\uFEFF☃!");
    expect(await readText(body(snow.subarray(0, 4), snow.subarray(4)), 100)).toBe("☃!");
  });

  it("reads other encodings by their label", async () => {
    expect(await readText(body(new Uint8Array([0xe9])), 100, "windows-1252")).toBe("é");
  });

  it("reads JSON, and says so when it is a web page", async () => {
    expect(await readJson(body('{"a":', "1}"), 100)).toEqual({ a: 1 });
    await expect(readJson(body("<html>"), 100)).rejects.toThrow("a web page");
    await expect(readJson(body("{"), 100)).rejects.toThrow("not valid JSON");
  });
});

it.each([
  [12, "12 bytes"],
  [14_336, "14 KB"],
  [64 * 1024 * 1024, "64 MB"],
])("writes %d as %s", (bytes, expected) => {
  expect(formatBytes(bytes)).toBe(expected);
});
