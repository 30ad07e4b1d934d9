import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";

import { expect, test } from "vitest";

import { packChunk, unpackChunk } from "./chunk-packing";

test.each([
  ["nothing", Buffer.alloc(0)],
  ["one byte", Buffer.from([0x1f])],
  ["gzip's own beginning", Buffer.from([0x1f, 0x8b, 8, 0])],
  ["text", Buffer.from("203.0.113.7\n".repeat(80_000))],
  ["what cannot be packed", randomBytes(1024 * 1024)],
])("gives back %s as it was", async (_what, piece) => {
  const packed = await packChunk(piece);
  expect(Buffer.compare(await unpackChunk(packed), piece)).toBe(0);
});

test("never begins as gzip does", async () => {
  for (let length = 0; length < 3_000; length += 7)
    expect((await packChunk(randomBytes(length)))[0]).not.toBe(0x1f);
});

test("reads what an earlier version kept", async () => {
  const packed = gzipSync("203.0.113.7\n", { level: 1 });
  expect(String(await unpackChunk(packed))).toBe("203.0.113.7\n");
});
