import { describe, expect, it } from "vitest";

import { indicatorId } from "@/lib/domain/indicator/identity";
import type { IndicatorType } from "@/lib/domain/indicator/types";
import type { Candidate } from "@/lib/feeds/contract";

import { noteStronger } from "./same-file";

const MD5 = "d41d8cd98f00b204e9800998ecf8427e";
const SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
const SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const of = (type: IndicatorType, value: string): Candidate => ({ ok: true, type, value });
const noted = (...candidates: Candidate[]) =>
  noteStronger(candidates).map((one) => (one.ok ? (one.stronger ?? null) : null));

describe("hashes of one file", () => {
  it("know the stronger ones, strongest first, in whatever order they stand", () => {
    const [strong, middle] = [indicatorId("sha256", SHA256), indicatorId("sha1", SHA1)];
    expect(noted(of("md5", MD5), of("sha256", SHA256), of("sha1", SHA1))).toEqual([
      [strong, middle],
      null,
      [strong],
    ]);
    expect(noted(of("sha1", SHA1), of("md5", MD5), of("md5", MD5))).toEqual([null, [middle], [middle]]);
  });

  it("are not guessed where a row holds several of one kind, which are several files", () => {
    const candidates = [of("md5", MD5), of("sha256", SHA256), of("md5", MD5.replace("d", "e"))];
    expect(noted(...candidates)).toEqual([null, null, null]);
  });

  it("are hashes of files alone", () => {
    expect(noted(of("md5", MD5), of("domain", "example.com"), of("cert-sha1", SHA1))).toEqual([
      null,
      null,
      null,
    ]);
    expect(noted(of("md5", MD5))).toEqual([null]);
  });
});
