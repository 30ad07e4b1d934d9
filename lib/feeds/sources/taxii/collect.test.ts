import { describe, expect, it } from "vitest";
import { z } from "zod";

import { AppError } from "@/lib/domain/errors";

import { contextOf, readWhole, useSite } from "../testing/site";
import { checkTaxii } from "./check";
import { collectTaxii } from "./collect";

const site = useSite();
const MEDIA_TYPE = "application/taxii+json;version=2.1";
const A = "11111111-1111-4111-8111-111111111111";
const B = "22222222-2222-4222-8222-222222222222";

type Stix = Record<string, unknown> & { id: string };
type Served = { at: string; object: Stix };

const hostOf = (number: number): string => `h${String(number)}.example.com`;
const indicator = (number: number, more: Record<string, unknown> = {}): Stix => ({
  type: "indicator",
  spec_version: "2.1",
  id: `indicator--00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
  modified: "2026-11-01T00:00:00.000Z",
  pattern: `[domain-name:value = '${hostOf(number)}']`,
  pattern_type: "stix",
  valid_from: "2026-11-01T00:00:00Z",
  ...more,
});
const identity = { type: "identity", id: "identity--00000000-0000-4000-8000-00000000000a", name: "ACME" };

/** An object each hour of 1 November, the first at midnight. */
const served = (objects: readonly Stix[]): Served[] =>
  objects.map((object, hour) => ({ at: new Date(Date.UTC(2026, 10, 1, hour)).toISOString(), object }));

type World = {
  entries: Served[];
  pageSize?: number;
  /** Spoils a page of objects. */
  spoil?: (page: Record<string, unknown>, query: URLSearchParams) => Record<string, unknown>;
  hasDates?: boolean;
  collections?: readonly Record<string, unknown>[];
};

const serve = ({
  entries,
  pageSize = 2,
  spoil = (page) => page,
  hasDates = true,
  collections,
}: World): void => {
  site.serve(({ path, headers }) => {
    if (headers.accept !== MEDIA_TYPE) return { status: 406, body: "{}" };
    const url = new URL(path, "http://site");
    const answer = (value: unknown, more: Record<string, string> = {}) => ({
      headers: { "content-type": MEDIA_TYPE, ...more },
      body: JSON.stringify(value),
    });
    switch (url.pathname) {
      case "/taxii2/":
        return answer({
          title: "Test",
          default: site.url("/root/"),
          api_roots: [site.url("/root/").replace("http:", "https:"), "/root/", "https://other.example.com/"],
        });
      case "/root/":
        return answer({ title: "Root", versions: [MEDIA_TYPE], max_content_length: 1_000 });
      case "/root/collections/":
        return answer({ collections: collections ?? [{ id: A, title: "Indicators", can_read: true }] });
      case `/root/collections/${A}/`:
        return answer({ id: A, title: "Indicators", can_read: true });
      case `/root/collections/${A}/objects/`: {
        const after = url.searchParams.get("added_after");
        const found = entries.filter(({ at }) => after === null || at > after);
        const start = Number(url.searchParams.get("next") ?? 0);
        const page = found.slice(start, start + pageSize);
        const hasMore = start + pageSize < found.length;
        const envelope =
          page.length === 0
            ? {}
            : {
                more: hasMore,
                ...(hasMore && { next: String(start + pageSize) }),
                objects: page.map(({ object }) => object),
              };
        const last = page.at(-1)?.at;
        return answer(
          spoil(envelope, url.searchParams),
          hasDates && last !== undefined ? { "x-taxii-date-added-last": last } : {},
        );
      }
      default:
        return { status: 404 };
    }
  });
};

const collect = async (address = site.url("/taxii2/"), given: Parameters<typeof contextOf>[1] = {}) =>
  readWhole(await collectTaxii(contextOf(address, given)));
const lineSchema = z.looseObject({ id: z.string(), type: z.string() });
const read = (line = ""): z.infer<typeof lineSchema> => lineSchema.parse(JSON.parse(line));
const idsOf = (lines: readonly string[]): string[] => lines.map((line) => read(line).id.slice(-4));
const objectQueries = (): URLSearchParams[] =>
  site
    .paths()
    .filter((path) => path.includes("/objects/"))
    .map((path) => new URL(path, "http://site").searchParams);
const five = () => served([1, 2, 3, 4, 5].map((number) => indicator(number)));

describe("a full read", () => {
  it.each([
    "/taxii2/",
    "/taxii2",
    "/root/",
    "/root/collections/",
    `/root/collections/${A}/`,
    `/root/collections/${A}/objects/`,
    `/root/collections/${A}/objects?limit=1`,
  ])("finds the collection from %s and reads all of its pages", async (path) => {
    serve({ entries: five() });

    const { lines, extent } = await collect(site.url(path));

    expect(extent).toBe("full");
    expect(idsOf(lines)).toEqual(["0001", "0002", "0003", "0004", "0005"]);
  });

  it("asks for no more than is needed, keeps the fields that are read, and puts who and how before what", async () => {
    const marking = {
      type: "marking-definition",
      id: "marking-definition--00000000-0000-4000-8000-00000000000b",
      definition_type: "tlp",
      definition: { tlp: "green" },
    };
    const noisy = indicator(1, {
      description: "x".repeat(5_000),
      extensions: { big: "y".repeat(5_000) },
      external_references: [{}],
    });
    serve({
      entries: served([noisy, { type: "malware", id: "malware--1" }, marking, identity]),
      pageSize: 10,
    });

    const { lines } = await collect();

    expect(objectQueries()[0]?.get("match[type]")).toBe("indicator,identity,marking-definition");
    expect(lines.map((line) => read(line).type)).toEqual(["identity", "marking-definition", "indicator"]);
    expect(lines[2]).not.toContain("yyy");
    expect(read(lines[2])).toMatchObject({
      pattern: noisy["pattern"],
      description: "x".repeat(2_000),
    });
  });

  it("keeps of several versions the newest, in whatever order they come", async () => {
    const version = (day: number, more = {}) =>
      indicator(1, { modified: `2026-11-0${String(day)}T00:00:00Z`, confidence: day, ...more });
    serve({
      entries: served([version(2), indicator(2), version(5), version(3), indicator(3, { revoked: true })]),
    });

    const { lines } = await collect();

    expect(idsOf(lines)).toEqual(["0002", "0001"]);
    expect(lines[1]).toContain('"confidence":5');
  });

  it("lets a revoked version end the others, and one that came later begin again", async () => {
    const at = (day: number, revoked: boolean) =>
      indicator(1, { modified: `2026-11-0${String(day)}T00:00:00Z`, revoked });
    serve({ entries: served([at(1, false), at(2, true)]) });
    expect((await collect()).lines).toEqual([]);

    serve({ entries: served([at(2, true), at(1, false)]) });
    expect((await collect()).lines).toEqual([]);

    serve({ entries: served([at(2, true), at(3, false)]) });
    expect((await collect()).lines).toHaveLength(1);
  });

  it("takes a bundle for a page", async () => {
    serve({
      entries: five(),
      pageSize: 10,
      spoil: ({ objects }) => ({ type: "bundle", id: "bundle--1", spec_version: "2.0", objects }),
    });

    expect((await collect()).lines).toHaveLength(5);
  });

  it("leaves out what cannot be kept, and says so", async () => {
    const huge = indicator(1, { pattern: `[url:value = '${"x".repeat(1_000_100)}']` });
    serve({ entries: served([huge, { type: "indicator", id: "nonsense" }, indicator(2)]), pageSize: 10 });

    const { lines, notes } = await collect();

    expect(idsOf(lines)).toEqual(["0002"]);
    expect(notes.map(({ message }) => message)).toEqual([
      "It is longer than 1 MB and was left out.",
      "It is an indicator without a proper id.",
    ]);
  });

  it("asks again for an answer that breaks off", async () => {
    serve({ entries: five(), pageSize: 10 });
    let broken = 0;
    const context = contextOf(site.url(`/root/collections/${A}/objects/`));
    const open: typeof context.open = async (url, request) => {
      const answer = await context.open(url, request);
      if (broken++ > 0) return answer;
      return {
        ...answer,
        body: (async function* () {
          yield await Promise.resolve(Buffer.from('{"objects": ['));
          throw new AppError("upstream_unavailable", "It broke off.", {
            retry: "later",
          });
        })(),
      };
    };

    expect((await readWhole(await collectTaxii({ ...context, open }))).lines).toHaveLength(5);
  });

  it("stops early for a preview", async () => {
    serve({ entries: served(Array.from({ length: 40 }, (_, index) => indicator(index))) });

    const { lines } = await collect(undefined, { enough: 5 });

    expect(lines).toHaveLength(6);
    expect(objectQueries()).toHaveLength(3);
  });

  it("repeats the address's query with every request, and begins where it says", async () => {
    serve({ entries: five() });

    await collect(site.url("/taxii2/?key=k&added_after=2026-11-01T02:30:00.000Z"));

    expect(site.paths().every((path) => path.includes("key=k"))).toBe(true);
    expect(objectQueries()[0]?.get("added_after")).toBe("2026-11-01T02:30:00.000Z");
  });
});

describe("the next run", () => {
  const hourLater = new Date("2026-11-20T13:00:00Z");

  it("asks only for what was added, carries the rest forward and knows when nothing changed", async () => {
    const entries = served([identity, ...[1, 2, 3, 4].map((number) => indicator(number))]);
    serve({ entries });
    const first = await collect();
    site.asked.length = 0;

    const same = await collect(undefined, { previous: first.previous, now: hourLater });
    expect(same).toMatchObject({ extent: "delta", lines: first.lines });
    expect(objectQueries().map((query) => query.get("added_after"))).toEqual(["2026-11-01T03:50:00.000Z"]);

    const again = await collectTaxii(
      contextOf(site.url("/taxii2/"), { previous: same.previous, now: hourLater }),
    );
    expect(again).toEqual({ status: "not-modified" });

    serve({
      entries: [
        ...entries,
        {
          at: "2026-11-01T12:00:00.000Z",
          object: indicator(2, { modified: "2026-11-01T12:00:00Z", confidence: 90 }),
        },
        {
          at: "2026-11-01T13:00:00.000Z",
          object: indicator(1, { modified: "2026-11-01T13:00:00Z", revoked: true }),
        },
        { at: "2026-11-01T14:00:00.000Z", object: indicator(9) },
      ],
    });
    const changed = await collect(undefined, { previous: same.previous, now: hourLater });

    expect(changed.extent).toBe("delta");
    expect(idsOf(changed.lines)).toEqual(["000a", "0003", "0004", "0002", "0009"]);
    expect(changed.lines[3]).toContain('"confidence":90');
    expect(changed.state).toMatchObject({
      addedLast: "2026-11-01T14:00:00.000Z",
      fullAt: "2026-11-20T12:00:00.000Z",
    });
  });

  it("reads everything once a day, and finds what was deleted without a trace", async () => {
    serve({ entries: five() });
    const first = await collect();
    serve({ entries: five().slice(1) });

    const nextDay = await collect(undefined, {
      previous: first.previous,
      now: new Date("2026-11-21T11:30:00Z"),
    });

    expect(nextDay.extent).toBe("full");
    expect(idsOf(nextDay.lines)).toEqual(["0002", "0003", "0004", "0005"]);
  });

  it("reads everything after a change of collection", async () => {
    serve({ entries: five() });
    const first = await collect();

    const other = await collect(site.url("/taxii2/?key=other"), { previous: first.previous, now: hourLater });

    expect(other.extent).toBe("full");
    expect(JSON.stringify(other.state)).not.toContain("other");
  });

  it("reads everything when the server does not say when objects were added", async () => {
    serve({ entries: five(), hasDates: false });
    const first = await collect();
    expect(first.notes[0]?.message).toContain("every run reads all of them");

    expect(await collect(undefined, { previous: first.previous, now: hourLater })).toMatchObject({
      extent: "full",
    });
  });

  it("keeps the mark when a page fails", async () => {
    serve({ entries: five() });
    const first = await collect();
    serve({ entries: five(), spoil: () => ({ error: "sorry" }) });

    await expect(collect(undefined, { previous: first.previous, now: hourLater })).rejects.toThrow(
      "no TAXII 2.1 page of objects",
    );
  });
});

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
    serve({ entries: five(), spoil });

    await expect(collect()).rejects.toMatchObject({
      message: expect.stringContaining(expected) as unknown,
      context: { reason: "endless_pages" },
    });
    expect(objectQueries().length).toBeLessThan(10);
  });

  it("is asked by the date of the last object when it gives no mark", async () => {
    serve({ entries: five(), spoil: ({ next: _next, ...page }) => page });

    expect((await collect()).lines).toHaveLength(5);
  });

  it("is stopped when that date does not move on", async () => {
    serve({ entries: five(), hasDates: false, spoil: ({ next: _next, ...page }) => page });

    await expect(collect()).rejects.toThrow("but not how to ask for it");
  });

  it("is stopped by the feed's limit when every page is new", async () => {
    let count = 0;
    serve({
      entries: five(),
      spoil: () => ({ more: true, next: String(++count), objects: [indicator(count)] }),
    });
    const context = contextOf(site.url("/taxii2/"));
    const settings = { ...context.settings, limits: { ...context.settings.limits, maxRows: 20 } };

    await expect(collectTaxii({ ...context, settings })).rejects.toThrow("more than 20 rows");
  });
});

describe("the collection", () => {
  const two = [
    { id: A, title: "Indicators", alias: "ind", can_read: true },
    { id: B, title: "Reports", can_read: true },
    { id: "c", title: "Inbox", can_read: false },
  ];

  it.each([A, "indicators", "IND"])("is found as %s", async (collection) => {
    serve({ entries: five(), collections: two });

    expect((await collect(undefined, { taxii: { collection } })).lines).toHaveLength(5);
  });

  it.each([
    [null, two, `has 2 collections to read: “Indicators” (${A}), “Reports” (${B}). Name one`],
    ["Nothing", two, `has no collection “Nothing”. It has: “Indicators”`],
    ["Inbox", two, "does not let this sign-in read “Inbox” (c)"],
    [null, [], "has no collection that this sign-in may see"],
  ])("is asked for when %j does not settle it", async (collection, collections, expected) => {
    serve({ entries: five(), collections });

    await expect(collect(undefined, { taxii: { collection } })).rejects.toThrow(expected);
  });

  it("is never looked for at another origin", async () => {
    site.serve(() => ({
      body: JSON.stringify({ title: "x", api_roots: ["https://evil.example.com/root/"] }),
    }));

    await expect(collect()).rejects.toThrow(
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

    await expect(collect()).rejects.toThrow(expected);
  });
});

describe("checkTaxii", () => {
  it("says step by step what was found", async () => {
    serve({ entries: five() });

    expect(await checkTaxii(contextOf(site.url("/taxii2/")))).toEqual([
      { name: "Collection", ok: true, detail: "“Indicators” can be read.", fix: null },
      { name: "Objects", ok: true, detail: "The first page holds 2 indicators.", fix: null },
    ]);
  });

  it("says what fails and what to do", async () => {
    serve({ entries: five(), spoil: () => ({ error: "sorry" }) });
    const [, objects] = await checkTaxii(contextOf(site.url("/taxii2/")));
    expect(objects).toMatchObject({
      name: "Objects",
      ok: false,
      fix: expect.stringContaining("right to read it") as unknown,
    });

    site.serve(() => ({ status: 500 }));
    expect(await checkTaxii(contextOf(site.url("/taxii2/")))).toMatchObject([
      { name: "Collection", ok: false },
    ]);
  });
});
