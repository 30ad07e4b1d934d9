import { describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";

import { contextOf, readWhole } from "../testing/site";
import { collectTaxii } from "./collect";
import {
  five,
  identity,
  idsOf,
  indicator,
  readLine,
  served,
  SERVED_ID,
  useTaxiiSite,
} from "./testing/taxii-site";

const site = useTaxiiSite();

describe("a full read", () => {
  it.each([
    "/taxii2/",
    "/taxii2",
    "/root/",
    "/root/collections/",
    `/root/collections/${SERVED_ID}/`,
    `/root/collections/${SERVED_ID}/objects/`,
    `/root/collections/${SERVED_ID}/objects?limit=1`,
  ])("finds the collection from %s and reads all of its pages", async (path) => {
    site.serveWorld({ entries: five() });

    const { lines, extent } = await site.collect(site.url(path));

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
    site.serveWorld({
      entries: served([noisy, { type: "malware", id: "malware--1" }, marking, identity]),
      pageSize: 10,
    });

    const { lines } = await site.collect();

    expect(site.objectQueries()[0]?.get("match[type]")).toBe("indicator,identity,marking-definition");
    expect(lines.map((line) => readLine(line).type)).toEqual(["identity", "marking-definition", "indicator"]);
    expect(lines[2]).not.toContain("yyy");
    expect(readLine(lines[2])).toMatchObject({
      pattern: noisy["pattern"],
      description: "x".repeat(2_000),
    });
  });

  it("keeps of several versions the newest, in whatever order they come", async () => {
    const version = (day: number, more = {}) =>
      indicator(1, { modified: `2026-11-0${String(day)}T00:00:00Z`, confidence: day, ...more });
    site.serveWorld({
      entries: served([version(2), indicator(2), version(5), version(3), indicator(3, { revoked: true })]),
    });

    const { lines } = await site.collect();

    expect(idsOf(lines)).toEqual(["0002", "0001"]);
    expect(lines[1]).toContain('"confidence":5');
  });

  it("lets a revoked version end the others, and one that came later begin again", async () => {
    const at = (day: number, revoked: boolean) =>
      indicator(1, { modified: `2026-11-0${String(day)}T00:00:00Z`, revoked });
    site.serveWorld({ entries: served([at(1, false), at(2, true)]) });
    expect((await site.collect()).lines).toEqual([]);

    site.serveWorld({ entries: served([at(2, true), at(1, false)]) });
    expect((await site.collect()).lines).toEqual([]);

    site.serveWorld({ entries: served([at(2, true), at(3, false)]) });
    expect((await site.collect()).lines).toHaveLength(1);
  });

  it("takes a bundle for a page", async () => {
    site.serveWorld({
      entries: five(),
      pageSize: 10,
      spoil: ({ objects }) => ({ type: "bundle", id: "bundle--1", spec_version: "2.0", objects }),
    });

    expect((await site.collect()).lines).toHaveLength(5);
  });

  it("leaves out what cannot be kept, and says so", async () => {
    const huge = indicator(1, { pattern: `[url:value = '${"x".repeat(1_000_100)}']` });
    site.serveWorld({
      entries: served([huge, { type: "indicator", id: "nonsense" }, indicator(2)]),
      pageSize: 10,
    });

    const { lines, notes } = await site.collect();

    expect(idsOf(lines)).toEqual(["0002"]);
    expect(notes.map(({ message }) => message)).toEqual([
      "It is longer than 1 MB and was left out.",
      "It is an indicator without a proper id.",
    ]);
  });

  it("asks again for an answer that breaks off", async () => {
    site.serveWorld({ entries: five(), pageSize: 10 });
    let broken = 0;
    const context = contextOf(site.url(`/root/collections/${SERVED_ID}/objects/`));
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
    site.serveWorld({ entries: served(Array.from({ length: 40 }, (_, index) => indicator(index))) });

    const { lines } = await site.collect(undefined, { enough: 5 });

    expect(lines).toHaveLength(6);
    expect(site.objectQueries()).toHaveLength(3);
  });

  it("repeats the address's query with every request, and begins where it says", async () => {
    site.serveWorld({ entries: five() });

    await site.collect(site.url("/taxii2/?key=k&added_after=2026-11-01T02:30:00.000Z"));

    expect(site.paths().every((path) => path.includes("key=k"))).toBe(true);
    expect(site.objectQueries()[0]?.get("added_after")).toBe("2026-11-01T02:30:00.000Z");
  });
});

describe("the next run", () => {
  const hourLater = new Date("2026-11-20T13:00:00Z");

  it("asks only for what was added, carries the rest forward and knows when nothing changed", async () => {
    const entries = served([identity, ...[1, 2, 3, 4].map((number) => indicator(number))]);
    site.serveWorld({ entries });
    const first = await site.collect();
    site.asked.length = 0;

    const same = await site.collect(undefined, { previous: first.previous, now: hourLater });
    expect(same).toMatchObject({ extent: "delta", lines: first.lines });
    expect(site.objectQueries().map((query) => query.get("added_after"))).toEqual([
      "2026-11-01T03:50:00.000Z",
    ]);

    const again = await collectTaxii(
      contextOf(site.discovery(), { previous: same.previous, now: hourLater }),
    );
    expect(again).toEqual({ status: "not-modified" });

    site.serveWorld({
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
    const changed = await site.collect(undefined, { previous: same.previous, now: hourLater });

    expect(changed.extent).toBe("delta");
    expect(idsOf(changed.lines)).toEqual(["000a", "0003", "0004", "0002", "0009"]);
    expect(changed.lines[3]).toContain('"confidence":90');
    expect(changed.state).toMatchObject({
      addedLast: "2026-11-01T14:00:00.000Z",
      fullAt: "2026-11-20T12:00:00.000Z",
    });
  });

  it("reads everything once a day, and finds what was deleted without a trace", async () => {
    site.serveWorld({ entries: five() });
    const first = await site.collect();
    site.serveWorld({ entries: five().slice(1) });

    const nextDay = await site.collect(undefined, {
      previous: first.previous,
      now: new Date("2026-11-21T11:30:00Z"),
    });

    expect(nextDay.extent).toBe("full");
    expect(idsOf(nextDay.lines)).toEqual(["0002", "0003", "0004", "0005"]);
  });

  it("reads everything after a change of collection", async () => {
    site.serveWorld({ entries: five() });
    const first = await site.collect();

    const other = await site.collect(site.url("/taxii2/?key=other"), {
      previous: first.previous,
      now: hourLater,
    });

    expect(other.extent).toBe("full");
    expect(JSON.stringify(other.state)).not.toContain("other");
  });

  it("reads everything when the server does not say when objects were added", async () => {
    site.serveWorld({ entries: five(), hasDates: false });
    const first = await site.collect();
    expect(first.notes[0]?.message).toContain("every run reads all of them");

    expect(await site.collect(undefined, { previous: first.previous, now: hourLater })).toMatchObject({
      extent: "full",
    });
  });

  it("keeps the mark when a page fails", async () => {
    site.serveWorld({ entries: five() });
    const first = await site.collect();
    site.serveWorld({ entries: five(), spoil: () => ({ error: "sorry" }) });

    await expect(site.collect(undefined, { previous: first.previous, now: hourLater })).rejects.toThrow(
      "no TAXII 2.1 page of objects",
    );
  });
});
