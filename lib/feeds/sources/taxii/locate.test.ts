import { describe, expect, it } from "vitest";

import { contextOf } from "../testing/site";
import { checkTaxii } from "./check";
import { five, SERVED_ID, useTaxiiSite } from "./testing/taxii-site";

const site = useTaxiiSite();
const B = "22222222-2222-4222-8222-222222222222";

describe("the collection", () => {
  const two = [
    { id: SERVED_ID, title: "Indicators", alias: "ind", can_read: true },
    { id: B, title: "Reports", can_read: true },
    { id: "c", title: "Inbox", can_read: false },
  ];

  it.each([SERVED_ID, "indicators", "IND"])("is found as %s", async (collection) => {
    site.serveWorld({ entries: five(), collections: two });

    expect((await site.collect(undefined, { taxii: { collection } })).lines).toHaveLength(5);
  });

  it.each([
    [null, two, `has 2 collections to read: “Indicators” (${SERVED_ID}), “Reports” (${B}). Name one`],
    ["Nothing", two, `has no collection “Nothing”. It has: “Indicators”`],
    ["Inbox", two, "does not let this sign-in read “Inbox” (c)"],
    [null, [], "has no collection that this sign-in may see"],
  ])("is asked for when %j does not settle it", async (collection, collections, expected) => {
    site.serveWorld({ entries: five(), collections });

    await expect(site.collect(undefined, { taxii: { collection } })).rejects.toThrow(expected);
  });

  it("is never looked for at another origin", async () => {
    site.serve(() => ({
      body: JSON.stringify({ title: "x", api_roots: ["https://evil.example.com/root/"] }),
    }));

    await expect(site.collect()).rejects.toThrow(
      "names an API root at https://evil.example.com, where the feed's sign-in is not sent",
    );
    expect(site.asked).toHaveLength(1);
  });

  it.each([
    ["a web page", { body: "<!doctype html><html></html>" }, "web page instead of data"],
    ["something else", { body: '{"hello": 1}' }, "Give the address of its discovery"],
    ["TAXII 2.0", { status: 406 }, "does not speak TAXII 2.1"],
  ])("is not found where %s is", async (_case, answer, expected) => {
    site.serve(() => answer);

    await expect(site.collect()).rejects.toThrow(expected);
  });
});

describe("checkTaxii", () => {
  it("says step by step what was found", async () => {
    site.serveWorld({ entries: five() });

    expect(await checkTaxii(contextOf(site.discovery()))).toEqual([
      { name: "Collection", ok: true, detail: "“Indicators” can be read.", fix: null },
      { name: "Objects", ok: true, detail: "The first page holds 2 indicators.", fix: null },
    ]);
  });

  it("says what fails and what to do", async () => {
    site.serveWorld({ entries: five(), spoil: () => ({ error: "sorry" }) });
    const [, objects] = await checkTaxii(contextOf(site.discovery()));
    expect(objects).toMatchObject({
      name: "Objects",
      ok: false,
      fix: expect.stringContaining("right to read it") as unknown,
    });

    site.serve(() => ({ status: 500 }));
    expect(await checkTaxii(contextOf(site.discovery()))).toMatchObject([{ name: "Collection", ok: false }]);
  });
});
