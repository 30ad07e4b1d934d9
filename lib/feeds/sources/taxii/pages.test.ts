import { describe, expect, it } from "vitest";

import { contextOf } from "../testing/site";
import { collectTaxii } from "./collect";
import { five, indicator, useTaxiiSite, type World } from "./testing/taxii-site";

const site = useTaxiiSite();

describe("a server whose pages do not end", () => {
  it.each<[string, World["spoil"], string]>([
    [
      "gives the same next again",
      (page) => ({ ...page, more: true, next: "0" }),
      "leads back to an earlier one",
    ],
    [
      "gives the same page under ever new marks",
      ({ objects }, query) => ({ more: true, next: `${query.get("next") ?? ""}0`, objects }),
      "is the same as an earlier one",
    ],
    [
      "gives empty pages",
      (_page, query) => ({ more: true, next: `${query.get("next") ?? ""}1`, objects: [] }),
      "are empty",
    ],
  ])("is stopped: it %s", async (_case, spoil = (page) => page, expected) => {
    site.serveWorld({ entries: five(), spoil });

    await expect(site.collect()).rejects.toMatchObject({
      message: expect.stringContaining(expected) as unknown,
      context: { reason: "endless_pages" },
    });
    expect(site.objectQueries().length).toBeLessThan(10);
  });

  it("is asked by the date of the last object when it gives no mark", async () => {
    site.serveWorld({ entries: five(), spoil: ({ next: _next, ...page }) => page });

    expect((await site.collect()).lines).toHaveLength(5);
  });

  it("is stopped when that date does not move on", async () => {
    site.serveWorld({ entries: five(), hasDates: false, spoil: ({ next: _next, ...page }) => page });

    await expect(site.collect()).rejects.toThrow("but not how to ask for it");
  });

  it("is stopped by the feed's limit when every page is new", async () => {
    let count = 0;
    site.serveWorld({
      entries: five(),
      spoil: () => ({ more: true, next: String(++count), objects: [indicator(count)] }),
    });
    const context = contextOf(site.discovery());
    const settings = { ...context.settings, limits: { ...context.settings.limits, maxRows: 20 } };

    await expect(collectTaxii({ ...context, settings })).rejects.toThrow("more than 20 rows");
  });
});
