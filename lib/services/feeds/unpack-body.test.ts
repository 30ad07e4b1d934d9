import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";
import { feedSettingsSchema } from "@/lib/domain/feed/feed";
import { zipOf } from "@/lib/testing/zip-file";

import { describeDiskFailure } from "./describe-unpack-failure";
import { unpack } from "./unpack-body";

const MEGABYTE = 1024 * 1024;
const LIST = "evil.example.com\n203.0.113.7\n".repeat(500);

async function* inPieces(body: Buffer, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.length; start += size)
    yield await Promise.resolve(body.subarray(start, start + size));
}

const unpacked = async (body: Buffer, settings: { zipEntry?: string; maxMegabytes?: number } = {}) => {
  const { zipEntry = null, maxMegabytes = 2_048 } = settings;
  return readAll(unpack(inPieces(body), feedSettingsSchema.parse({ zipEntry, limits: { maxMegabytes } })));
};

const readAll = async (bytes: AsyncIterable<Uint8Array>): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts).toString();
};

const failure = async (work: Promise<unknown>): Promise<AppError> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof AppError) return error;
  throw new Error("An AppError was expected.", { cause: error });
};

const withoutSignature = (archive: Buffer): Buffer => {
  const directory = archive.indexOf("PK\u0001\u0002", 0, "latin1");
  return archive.fill(0, directory, directory + 4);
};

const list = { name: "list.csv", body: LIST };

describe("unpack", () => {
  it.each([
    ["a list", Buffer.from(LIST), LIST],
    ["a body shorter than any magic", Buffer.from("a"), "a"],
    ["nothing", Buffer.alloc(0), ""],
    ["a gzip file", gzipSync(LIST), LIST],
    ["a gzip file of several members", Buffer.concat([gzipSync(LIST), gzipSync("x\n")]), `${LIST}x\n`],
    ["a gzip file with zeros after it", Buffer.concat([gzipSync(LIST), Buffer.alloc(600)]), LIST],
    ["a gzip file of nothing", gzipSync(""), ""],
    ["a zip archive of one file", zipOf([list]), LIST],
    ["a stored file", zipOf([{ ...list, method: 0 }]), LIST],
    [
      "one file beside folders and what macOS leaves",
      zipOf([
        { name: "feed/", body: "", method: 0 },
        { name: "feed/list.csv", body: LIST },
        { name: "__MACOSX/feed/._list.csv", body: "litter" },
        { name: "feed/.DS_Store", body: "litter" },
      ]),
      LIST,
    ],
    ["a file with a path that leads elsewhere", zipOf([{ name: "../../list.csv", body: LIST }]), LIST],
  ])("reads %s", async (_what, body, expected) => {
    expect(await unpacked(body)).toBe(expected);
  });

  it.each([
    ["b.csv", "b"],
    ["b*", "b"],
    ["*/c.csv", "c"],
    ["c.csv", "c"],
    ["deep/c.*", "c"],
    ["d*2026*.csv", "d"],
  ])("of several files reads the one that %s names", async (zipEntry, expected) => {
    const archive = zipOf([
      { name: "a.txt", body: "a" },
      { name: "b.csv", body: "b" },
      { name: "deep/c.csv", body: "c" },
      { name: "d-2026-11.csv", body: "d" },
    ]);

    expect(await unpacked(archive, { zipEntry })).toBe(expected);
  });

  it.each([
    [undefined, "The zip archive holds 2 files: a.csv, b.csv. Name the one to read"],
    ["*.csv", "2 files in the zip archive fit “*.csv”: a.csv, b.csv."],
    ["c.csv", "No file in the zip archive fits “c.csv”; it holds 2 files: a.csv, b.csv."],
  ])("lists the names when %s decides nothing", async (zipEntry, sentence) => {
    const archive = zipOf([
      { name: "a.csv", body: "a" },
      { name: "b.csv", body: "b" },
    ]);
    const error = await failure(unpacked(archive, zipEntry === undefined ? {} : { zipEntry }));

    expect(error.message).toContain(sentence);
    expect(error).toMatchObject({ code: "invalid_input", fields: [{ pointer: "/zipEntry" }] });
  });

  it.each([
    ["an archive without files", zipOf([]), "holds no file"],
    ["an encrypted file", zipOf([{ ...list, isEncrypted: true, method: 0 }]), "is encrypted"],
    ["an unusual method", zipOf([{ ...list, method: 12 }]), "compressed by method 12"],
    ["a workbook", zipOf([{ name: "[Content_Types].xml", body: "" }, list]), "Excel workbook"],
    ["gzip in gzip", gzipSync(gzipSync(LIST)), "a gzip file again"],
    ["gzip in zip", zipOf([{ name: "list.gz", body: gzipSync(LIST) }]), "a gzip file again"],
    ["zip in zip", zipOf([{ name: "list.zip", body: zipOf([list]) }]), "a zip archive again"],
    ["tar in gzip", gzipSync(Buffer.alloc(512).fill("ustar", 257, 262)), "a tar archive again"],
    ["a 7-Zip archive", Buffer.from([0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4]), "This is a 7-Zip archive"],
    ["a bzip2 file", Buffer.from("BZh91AY&SY..."), "This is a bzip2 file"],
    ["a damaged gzip file", gzipSync(LIST).fill(0xff, 20, 60), "gzip file is damaged"],
    ["a directory that is none", withoutSignature(zipOf([list])), "zip archive is damaged"],
  ])("refuses %s", async (_what, body, sentence) => {
    const error = await failure(unpacked(body));

    expect(error.message).toContain(sentence);
    expect(error).toMatchObject({ code: "upstream_rejected", retry: "never" });
  });

  it.each([
    ["gzip file", gzipSync(LIST).subarray(0, -20)],
    ["gzip file", Buffer.concat([gzipSync(LIST), gzipSync(LIST).subarray(0, 30)])],
    ["zip archive", zipOf([list]).subarray(0, -30)],
    ["zip archive", zipOf([{ ...list, checksum: 1 }])],
  ])("tells that a %s is not whole, so that another try may bring it whole", async (what, body) => {
    const error = await failure(unpacked(body));

    expect(error.message).toBe(`The ${what} ends before it is complete, or is damaged.`);
    expect(error).toMatchObject({ code: "upstream_unavailable", retry: "later" });
  });

  it("gives what came before a gzip file breaks off", async () => {
    const whole = gzipSync(Buffer.from(Array.from({ length: 200_000 }, (_, row) => row * 7_919).join("\n")));
    let size = 0;

    await expect(
      (async () => {
        const half = inPieces(whole.subarray(0, whole.length / 2));
        for await (const chunk of unpack(half, feedSettingsSchema.parse({}))) size += chunk.length;
      })(),
    ).rejects.toThrow("ends before it is complete");
    expect(size).toBeGreaterThan(100_000);
  });

  it("passes on what its source fails with", async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(zipOf([list]).subarray(0, 600));
      throw Object.assign(new Error("The database is away."), { code: "EIO" });
    };

    await expect(readAll(unpack(broken(), feedSettingsSchema.parse({})))).rejects.toThrow(
      "The database is away.",
    );
  });
});

describe("unpack, when a small file is a large one", () => {
  const zeros = Buffer.alloc(300 * MEGABYTE);

  it.each([
    ["gzip", gzipSync(zeros)],
    ["zip", zipOf([{ name: "list.csv", body: zeros }])],
  ])("drops a %s bomb long before its size limit", async (_what, bomb) => {
    let size = 0;
    const error = await failure(
      (async () => {
        for await (const chunk of unpack(inPieces(bomb), feedSettingsSchema.parse({}))) size += chunk.length;
      })(),
    );

    expect(error.message).toContain("out of all proportion");
    expect(size).toBeLessThan(70 * MEGABYTE);
  });

  it.each([
    ["gzip", gzipSync(zeros.subarray(0, 2 * MEGABYTE))],
    ["zip", zipOf([{ name: "list.csv", body: zeros.subarray(0, 2 * MEGABYTE) }])],
    ["stored", zipOf([{ name: "list.csv", body: zeros.subarray(0, 2 * MEGABYTE), method: 0 }])],
  ])("stops a %s file at its feed's limit", async (_what, body) => {
    const error = await failure(unpacked(body, { maxMegabytes: 1 }));

    expect(error.message).toContain("larger than 1 MB when unpacked, which is this feed's limit");
  });

  it("reads a sheet of a million empty rows, which packs to nothing", async () => {
    const sheet = gzipSync(`${",".repeat(29)}\r\n`.repeat(1_048_576));

    expect(await unpacked(sheet)).toHaveLength(31 * 1_048_576);
  });
});

describe("unpack and the disk", () => {
  const before = process.env["TMPDIR"];
  const made: string[] = [];
  afterEach(async () => {
    if (before === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = before;
    await Promise.all(made.splice(0).map((path) => rm(path, { recursive: true })));
  });

  const ownTemporaryDirectory = async (): Promise<string> => {
    const path = await mkdtemp(join(tmpdir(), "unpack-test-"));
    made.push(path);
    process.env["TMPDIR"] = path;
    return path;
  };

  it("leaves no file behind: read, refused, or given up in the middle", async () => {
    const directory = await ownTemporaryDirectory();
    await unpacked(zipOf([list]));
    await failure(unpacked(zipOf([list, { ...list, name: "other" }])));
    const files: string[][] = [];
    for await (const chunk of unpack(inPieces(zipOf([list])), feedSettingsSchema.parse({}))) {
      files.push(readdirSync(directory));
      if (chunk.length > 0) break;
    }

    expect(files).toEqual([[]]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it("says that there is nowhere to write to", async () => {
    process.env["TMPDIR"] = join(await ownTemporaryDirectory(), "missing");
    const error = await failure(unpacked(zipOf([list])));

    expect(error).toMatchObject({ code: "upstream_unavailable", retry: "later" });
    expect(error.message).toContain("directory for temporary files on this server cannot be written to");
    expect(error.message).toContain("TMPDIR");
  });

  it("says that the disk is full", () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });

    expect(describeDiskFailure(full)).toMatchObject({
      message: expect.stringContaining("the disk for temporary files on this server is full") as unknown,
      retry: "later",
    });
  });
});
