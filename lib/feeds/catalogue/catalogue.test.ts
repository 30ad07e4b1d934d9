import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { feedCreateSchema } from "@/lib/domain/feed/feed";

import { CATALOGUE, toFeedInput } from "./catalogue";

const DEFAULTS = join(import.meta.dirname, "../../../../shared/feeds/misp-defaults/defaults.json");

describe("the catalogue", () => {
  it("holds MISP's 84 default feeds and MineMeld's common miners, each under its own id", () => {
    const ids = CATALOGUE.map(({ id }) => id);

    expect(CATALOGUE.filter(({ list }) => list === "MISP")).toHaveLength(84);
    expect(CATALOGUE.filter(({ list }) => list === "MineMeld").length).toBeGreaterThanOrEqual(20);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(CATALOGUE.map((entry) => [entry.id, entry] as const))("makes a feed of %s", (_id, entry) => {
    expect(feedCreateSchema.safeParse({ team: "a", ...toFeedInput(entry) }).error).toBeUndefined();
    expect(entry.licence).not.toBe("");
  });

  it("says of one address the same, whichever list names it", () => {
    const licences = new Map<string, string[]>();
    for (const { url, licence } of CATALOGUE) licences.set(url, [...(licences.get(url) ?? []), licence]);
    const named = [...licences.values()].filter((all) => all.length > 1);

    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((all) => new Set(all).size > 1)).toEqual([]);
  });

  it("says where no licence is known, and to ask", () => {
    const unknown = CATALOGUE.filter(({ licence }) => licence.startsWith("No licence"));

    expect(unknown.length).toBeGreaterThan(20);
    for (const { licence } of unknown)
      expect(licence).toBe("No licence stated by the provider as far as known; ask before commercial use.");
    expect(CATALOGUE.filter(({ licence }) => licence.includes("The list this entry is from"))).toEqual([]);
  });

  it.runIf(existsSync(DEFAULTS))("names the addresses that MISP ships", () => {
    const shipped = z
      .array(z.object({ Feed: z.object({ url: z.string(), source_format: z.string() }) }))
      .parse(JSON.parse(readFileSync(DEFAULTS, "utf8")));
    const ours = CATALOGUE.filter(({ list }) => list === "MISP").map(({ url }) => url);

    expect(ours.toSorted()).toEqual(shipped.map(({ Feed }) => Feed.url).toSorted());
  });
});
