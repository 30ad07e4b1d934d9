import { readdirSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import type { IndicatorType } from "@/lib/domain/indicator/types";

import { checkEntry } from "../entry";
import { createMatcher, type Matcher } from "../matcher";
import { listBundled, loadBundledEntries } from "./index";

const LISTS = join(import.meta.dirname, "lists");

describe("the bundled lists", () => {
  it("are those of the folder, each with a source, a licence and as many entries as the index says", async () => {
    const ids = readdirSync(LISTS)
      .sort()
      .map((file) => file.replace(/\.json$/, ""));

    const counts = await Promise.all(ids.map(async (id) => [id, (await loadBundledEntries(id))?.length]));
    expect(listBundled().map(({ id, count }) => [id, count])).toStrictEqual(counts);
    expect(
      listBundled().filter(({ source, licence, count }) => !source || !licence || count === 0),
    ).toStrictEqual([]);
  });

  it("answer for no other id", async () => {
    expect(await loadBundledEntries("constructor")).toBeNull();
  });

  it("hold canonical entries only, sorted, each once", async () => {
    for (const { id, match } of listBundled()) {
      const entries = (await loadBundledEntries(id)) ?? [];
      const sound = entries.filter((entry) => {
        const checked = checkEntry(match, entry);
        return checked.ok && checked.value === entry;
      });

      expect({ id, entries }).toStrictEqual({ id, entries: [...new Set(sound)].sort() });
    }
  });
});

describe("the bundled lists, held against values", () => {
  let matcher: Matcher;
  beforeAll(async () => {
    const lists = await Promise.all(
      listBundled().map(async ({ defaultEffect, ...list }) => {
        return { ...list, effect: defaultEffect, entries: (await loadBundledEntries(list.id)) ?? [] };
      }),
    );
    matcher = createMatcher(lists);
  });

  it("skip nothing", () => {
    expect(matcher.skipped).toBe(0);
  });

  it.each<[IndicatorType, string, string, string]>([
    ["ipv4", "8.8.8.8", "public-resolvers", "stop"],
    ["ipv4-cidr", "8.0.0.0/8", "public-resolvers", "stop"],
    ["url", "http://1.1.1.1/dns-query", "public-resolvers", "stop"],
    ["ipv4", "17.253.144.10", "apple", "stop"],
    ["ipv4", "104.16.0.1", "cloudflare", "audit-only"],
    ["ipv4", "52.95.110.1", "amazon-aws", "warn"],
    ["domain", "www.google.de", "google", "stop"],
    ["domain", "pastebin.com", "lots-project", "audit-only"],
    ["domain", "bit.ly", "url-shortener", "audit-only"],
    ["url", "https://www.virustotal.com/gui/file/x", "automated-malware-analysis", "stop"],
    ["md5", "d41d8cd98f00b204e9800998ecf8427e", "empty-hashes", "stop"],
    ["email", "someone@mailinator.com", "disposable-email", "warn"],
  ])("know %s %s by %s: %s", (type, value, listId, effect) => {
    expect(matcher.screenAll(type, value)).toContainEqual(expect.objectContaining({ listId, effect }));
  });

  // What strangers put on sites that everybody uses.
  it.each<[IndicatorType, string]>([
    ["url", "https://pastebin.com/raw/x"],
    ["url", "https://raw.githubusercontent.com/evil/x/main/x.exe"],
    ["url", "https://github.com/evil/x"],
    ["url", "https://drive.google.com/file/d/x"],
    ["url", "https://www.dropbox.com/s/x"],
    ["url", "https://bit.ly/x"],
    ["domain", "evil.sharepoint.com"],
    ["domain", "evil.blogspot.com"],
    ["domain", "evil.github.io"],
    ["domain", "evil-com.translate.goog"],
    ["domain", "1.2.3.4.bc.googleusercontent.com"],
    ["domain", "evil.storage.googleapis.com"],
    ["domain", "evil.azurewebsites.net"],
  ])("let %s %s pass", (type, value) => {
    expect(matcher.screenAll(type, value)).toStrictEqual([]);
  });
});
