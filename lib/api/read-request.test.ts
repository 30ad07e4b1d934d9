import { describe, expect, it } from "vitest";

import { readFile } from "./read-request";

const MEGABYTE = 1024 * 1024;

const request = (body: BodyInit | null, headers: Record<string, string> = {}): Request =>
  new Request("http://localhost/", {
    method: "POST",
    body,
    headers,
    ...(body !== null && { duplex: "half" }),
  });

const read = async (sent: Request, maxBytes = MEGABYTE): Promise<number> => {
  let bytes = 0;
  for await (const chunk of readFile(sent, maxBytes)) bytes += chunk.byteLength;
  return bytes;
};

/** A body that arrives in pieces and whose length nobody states. */
const stream = (pieces: number, bytes: number, end: "close" | "error" = "close"): ReadableStream => {
  let sent = 0;
  return new ReadableStream({
    pull: (controller) => {
      if (sent++ < pieces) controller.enqueue(new Uint8Array(bytes));
      else if (end === "close") controller.close();
      else controller.error(new Error("aborted"));
    },
  });
};

describe("readFile", () => {
  it.each([
    ["a text", request("abc", { "content-type": "text/csv" }), 3],
    ["bytes of no type", request(new Uint8Array(10)), 10],
    ["a stream", request(stream(3, 1_000)), 3_000],
    ["no body", request(null), 0],
  ])("gives %s as it is", async (_what, sent, expected) => {
    expect(await read(sent)).toBe(expected);
  });

  it("refuses a file by its stated length before it reads it", async () => {
    const sent = request(stream(1, 1), { "content-length": String(2 * MEGABYTE) });

    await expect(read(sent)).rejects.toMatchObject({ problem: "too-large" });
    expect(sent.bodyUsed).toBe(false);
  });

  it("stops at the limit when no length is stated", async () => {
    await expect(read(request(stream(1_000, 10_000)))).rejects.toMatchObject({
      problem: "too-large",
      message:
        "The file is larger than 1 MB, which is the limit. Send it packed, as .gz or .zip, or in parts.",
    });
  });

  it.each([
    ["breaks off", request(stream(2, 1_000, "error"))],
    ["is shorter than stated", request(stream(2, 1_000), { "content-length": "3000" })],
  ])("never takes a file for whole that %s", async (_what, sent) => {
    await expect(read(sent)).rejects.toThrow("did not arrive whole");
  });
});
