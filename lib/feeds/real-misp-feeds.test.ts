import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import type { IndicatorType } from "@/lib/domain/indicator/types";

import { getFormat } from "./registry";
import { getSource } from "./source-registry";
import { contextOf, readWhole, useSite } from "./sources/testing/site";

// Published events, kept beside the project where they may be had; their counts were made by hand, by no product.
const FEEDS = join(import.meta.dirname, "../../../shared/feeds");

/** Counted byte by byte: two pairs of URLs differ in the case of their host, one pair in its fragment. To us each is one. */
const SAME_URLS = 3;

/** The counts name `ip` and `domain` for what we know more exactly. */
const GROUPS: Partial<Record<IndicatorType, string>> = { ipv4: "ip", ipv6: "ip", "ipv4-cidr": "ip" };

describe.runIf(existsSync(join(FEEDS, "misp-eset")))("real feeds of MISP", () => {
  const site = useSite();

  const collect = async (folder: string) => {
    site.serve(({ path }) => {
      const file = join(FEEDS, folder, path.slice(1));
      return existsSync(file) ? { body: readFileSync(file, "utf8") } : { status: 404 };
    });
    return readWhole(await getSource("misp-feed").collect(contextOf(site.url("/"))));
  };

  type Wanted = { toIdsOnly: boolean; withObjects?: boolean };
  const distinct = async (lines: readonly string[], { toIdsOnly, withObjects = true }: Wanted) => {
    const values: Record<string, Set<string>> = {};
    const refused: Record<string, number> = {};
    const wanted = withObjects ? lines : lines.filter((line) => !line.includes('"Object":{'));
    const body = (async function* () {
      yield await Promise.resolve(Buffer.from(wanted.join("\n")));
    })();
    const settings = contextOf("http://example.com", { misp: { toIdsOnly } }).settings;
    for await (const rows of getFormat("misp-feed").parse(body, { ...settings, now: new Date() }))
      for (const candidate of rows.flatMap(({ candidates }) => candidates))
        if (candidate.ok)
          (values[GROUPS[candidate.type] ?? candidate.type] ??= new Set()).add(candidate.value);
        else refused[candidate.code] = (refused[candidate.code] ?? 0) + 1;
    const counts = Object.fromEntries(Object.entries(values).map(([type, { size }]) => [type, size]));
    return { counts, refused };
  };

  it.each([
    [{ toIdsOnly: false }, { md5: 74, sha1: 337, sha256: 74, domain: 514, ip: 155, url: 89, email: 12 }],
    [{ toIdsOnly: true }, { md5: 61, sha1: 214, sha256: 61, domain: 316, ip: 90, url: 11 }],
    [
      { toIdsOnly: false, withObjects: false },
      { md5: 50, sha1: 313, sha256: 50, domain: 514, ip: 150, url: 78, email: 12 },
    ],
    [
      { toIdsOnly: true, withObjects: false },
      { md5: 37, sha1: 190, sha256: 37, domain: 316, ip: 90 },
    ],
  ])("reads ESET's events as counted by hand: %j", async (wanted, expected) => {
    const { lines, notes } = await collect("misp-eset");

    const { counts, refused } = await distinct(lines, wanted);

    expect(notes).toEqual([]);
    expect(counts).toEqual(expected);
    // Nothing goes unseen, and nothing that should be an indicator is refused as a bad one.
    expect(Object.keys(refused).sort()).toEqual(
      wanted.toIdsOnly ? ["not_to_ids", "unsupported_type"] : ["unsupported_type"],
    );
  });

  it("reads a month of TweetFeed as counted by hand", async () => {
    const { lines } = await collect("misp-tweetfeed");

    expect((await distinct(lines, { toIdsOnly: true })).counts).toEqual({
      domain: 3381,
      ip: 645,
      md5: 182,
      sha256: 579,
      url: 4098 - SAME_URLS,
    });
  });
});
