import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { AppError } from "@/lib/domain/errors";

import { contextOf, readWhole, useSite } from "../testing/site";
import { checkMispFeed } from "./check";
import { collectMispFeed } from "./collect";

const site = useSite();
const ROBOT_CHECK = "<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>";

const uuid = (number: number): string => `5ca1ab1e-0000-4000-8000-${String(number).padStart(12, "0")}`;
const attribute = (value: string, more: object = {}) => ({
  uuid: uuid(900),
  type: "domain",
  category: "Network activity",
  value,
  to_ids: true,
  timestamp: "1790000000",
  data: "a very long attachment",
  ...more,
});
type Event = { timestamp: number; values: string[]; org?: string; more?: object };
const events: Record<string, Event> = {
  [uuid(1)]: { timestamp: 1_790_000_001, values: ["one.example.com", "uno.example.com"] },
  [uuid(2)]: { timestamp: 1_790_000_002, values: ["two.example.com"] },
  [uuid(3)]: { timestamp: 1_400_000_003, values: ["three.example.com"], org: "Another CERT" },
};

const orgOf = ({ org = "Example CERT" }: Event) => ({ name: org, uuid: "" });
const manifestOf = (all: Record<string, Event>): string =>
  JSON.stringify(
    Object.fromEntries(
      Object.entries(all).map(([id, event]) => [
        id,
        { Orgc: orgOf(event), info: `About ${id}`, timestamp: String(event.timestamp), date: "2026-10-01" },
      ]),
    ),
  );
const eventOf = (id: string, event: Event): string =>
  JSON.stringify({
    Event: {
      uuid: id,
      info: `About ${id}`,
      timestamp: String(event.timestamp),
      Attribute: event.values.map((value) => attribute(value)),
      Orgc: orgOf(event),
      RelatedEvent: [{ Event: { uuid: uuid(77), Attribute: [attribute("related.example.com")] } }],
      ...event.more,
    },
  });

type Broken = Record<string, { status?: number; body?: string; breaksOff?: boolean }>;
/** Serves the events as a feed in the folder `/feed`. */
const publish = (all: Record<string, Event>, broken: Broken = {}): void => {
  site.serve(({ path, headers }) => {
    const name = path.replace("/feed/", "");
    if (name === "manifest.json") {
      const body = manifestOf(all);
      const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
      return headers["if-none-match"] === etag ? { status: 304 } : { headers: { etag }, body };
    }
    const id = name.replace(".json", "");
    const event = all[id];
    return broken[id] ?? (event ? { body: eventOf(id, event) } : { status: 404 });
  });
};
const valuesOf = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /"value":"([^"]+)"/.exec(line)?.[1] ?? []);
const first = async () => {
  publish(events);
  const read = await readWhole(await collectMispFeed(contextOf(site.url("/feed/"))));
  site.asked.length = 0;
  return read;
};

describe("a feed of MISP", () => {
  it.each(["/feed", "/feed/", "/feed//", "/feed/manifest.json", "/feed/hashes.csv", `/feed/${uuid(2)}.json`])(
    "is found by %s",
    async (path) => {
      publish(events);

      const { lines, extent, notes } = await readWhole(await collectMispFeed(contextOf(site.url(path))));

      expect(extent).toBe("full");
      expect(notes).toEqual([]);
      expect(valuesOf(lines)).toEqual([
        "one.example.com",
        "uno.example.com",
        "two.example.com",
        "three.example.com",
      ]);
      expect(lines.join("\n")).not.toContain("attachment");
      expect(site.paths().sort()).toEqual(
        ["manifest", uuid(1), uuid(2), uuid(3)].map((name) => `/feed/${name}.json`).sort(),
      );
    },
  );

  it("repeats a query that stands in the address, where some publishers want a key", async () => {
    site.serve(({ path }) => ({ body: path.startsWith("/feed/manifest.json?key=1") ? "{}" : "" }));

    expect((await readWhole(await collectMispFeed(contextOf(site.url("/feed/?key=1"))))).lines).toEqual([]);
    expect(site.paths()).toEqual(["/feed/manifest.json?key=1"]);
  });

  it("asks for no event when its manifest is the one it had", async () => {
    const { previous, etag } = await first();

    const again = await collectMispFeed(contextOf(site.url("/feed/"), { previous, etag }));

    expect(again).toEqual({ status: "not-modified" });
    expect(site.paths()).toEqual(["/feed/manifest.json"]);
  });

  it("asks for the events that changed and carries the others forward", async () => {
    const before = await first();
    publish({
      ...events,
      [uuid(2)]: { timestamp: 1_790_000_009, values: ["dos.example.com"] },
      [uuid(4)]: { timestamp: 1_790_000_004, values: ["four.example.com"] },
    });

    const after = await readWhole(
      await collectMispFeed(contextOf(site.url("/feed"), { previous: before.previous, etag: before.etag })),
    );

    expect(site.paths()).toEqual(["manifest", uuid(2), uuid(4)].map((name) => `/feed/${name}.json`));
    expect(valuesOf(after.lines)).toEqual([
      "one.example.com",
      "uno.example.com",
      "dos.example.com",
      "three.example.com",
      "four.example.com",
    ]);
  });

  it("makes the same body of the same events, however the manifest lists them", async () => {
    const before = await first();
    publish(Object.fromEntries(Object.entries(events).reverse()));

    const after = await readWhole(await collectMispFeed(contextOf(site.url("/feed"))));

    expect(after.lines).toEqual(before.lines);
  });

  it("lets go of an event that left the manifest", async () => {
    const { previous } = await first();
    publish(Object.fromEntries(Object.entries(events).filter(([id]) => id !== uuid(1))));

    const { lines } = await readWhole(await collectMispFeed(contextOf(site.url("/feed"), { previous })));

    expect(valuesOf(lines)).toEqual(["two.example.com", "three.example.com"]);
    expect(site.paths()).toEqual(["/feed/manifest.json"]);
  });

  it.each([
    ["is missing", { status: 404 }, "It refused (HTTP 404)."],
    ["cannot be had", { status: 503 }, "It is in trouble (HTTP 503)."],
    ["is no JSON", { body: "nonsense" }, "The document is no JSON."],
    ["is cut short", { body: '{"Event":{"Attribute":[{"val' }, "The document ends before it is complete."],
    ["breaks off", { body: '{"Event":{', breaksOff: true }, "It broke off."],
    ["is no event", { body: "{}" }, "The document holds no event of MISP (an “Event” is expected)."],
  ])(
    "an event that %s is noted, keeps its earlier version and is tried again",
    async (_name, answer, words) => {
      const before = await first();
      const changed = { ...events, [uuid(2)]: { timestamp: 1_790_000_009, values: ["dos.example.com"] } };
      publish(changed, { [uuid(2)]: answer });

      const broken = await readWhole(
        await collectMispFeed(contextOf(site.url("/feed"), { previous: before.previous, etag: before.etag })),
      );
      expect(broken.notes).toEqual([
        {
          subject: `event “About ${uuid(2)}” (${uuid(2)})`,
          message: `${words} Its earlier version stays. It is tried again at the next run.`,
        },
      ]);
      expect(broken.lines).toEqual(before.lines);
      expect(broken.etag).toBeNull();

      publish(changed);
      site.asked.length = 0;
      const healed = await readWhole(
        await collectMispFeed(contextOf(site.url("/feed"), { previous: broken.previous, etag: broken.etag })),
      );
      expect(healed.notes).toEqual([]);
      expect(valuesOf(healed.lines)).toContain("dos.example.com");
      expect(site.paths()).toEqual(["manifest", uuid(2)].map((name) => `/feed/${name}.json`));
    },
  );

  it("brings the others when an event cannot be had at the first run", async () => {
    publish(events, { [uuid(1)]: { status: 404 } });

    const { lines, notes } = await readWhole(await collectMispFeed(contextOf(site.url("/feed"))));

    expect(valuesOf(lines)).toEqual(["two.example.com", "three.example.com"]);
    expect(notes[0]?.message).toContain("Nothing of it is here yet.");
  });

  it("fails when none of its events can be had", async () => {
    publish(events, Object.fromEntries(Object.keys(events).map((id) => [id, { status: 500 }])));

    await expect(readWhole(await collectMispFeed(contextOf(site.url("/feed"))))).rejects.toMatchObject({
      code: "upstream_unavailable",
      retry: "later",
      message:
        "The manifest could be read, but none of its events (3 asked for). The last one: It is in trouble (HTTP 500). Nothing was changed.",
    });
  });

  it.each([
    ["answers none of many", { status: 503 }],
    ["takes us for a robot", { body: ROBOT_CHECK }],
  ])("leaves a server in peace that %s", async (_name, answer) => {
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        uuid(index),
        { timestamp: 1_790_000_000, values: ["a.example.com"] },
      ]),
    );
    publish(many, Object.fromEntries(Object.keys(many).map((id) => [id, answer])));

    await expect(readWhole(await collectMispFeed(contextOf(site.url("/feed"))))).rejects.toThrow(AppError);
    expect(site.asked.length).toBeLessThan(30);
  });

  it.each([
    ["a web page", "<!doctype html><html></html>", /answered with a web page instead of data/],
    ["a check for robots", ROBOT_CHECK, /takes Sluice for a robot: .*\(Cloudflare\)/],
    ["nothing", "", /answered with nothing where JSON was expected/],
  ])("says of an event that %s came in its place", async (_name, body, sentence) => {
    publish(events, { [uuid(1)]: { body } });

    const { notes } = await readWhole(await collectMispFeed(contextOf(site.url("/feed"))));

    expect(notes[0]?.message).toMatch(sentence);
  });

  it.each([
    ["<html><body>Sign in</body></html>", "a web page instead of data"],
    ["[1]", "not MISP's"],
    ['{"error":"quota"}', "not MISP's"],
    ["nonsense", "no whole JSON document"],
    ["", "nothing where JSON was expected"],
  ])("fails for a manifest that is none: %s", async (body, message) => {
    site.serve(() => ({ body }));

    await expect(collectMispFeed(contextOf(site.url("/feed")))).rejects.toThrow(message);
  });

  it("passes over entries that name no event, so that no other file is asked for", async () => {
    site.serve(({ path }) => ({
      body: path.endsWith("manifest.json")
        ? manifestOf({ "../../secret": { timestamp: 1, values: [] }, ...events })
        : eventOf(uuid(1), { timestamp: 1, values: ["one.example.com"] }),
    }));

    const { notes } = await readWhole(await collectMispFeed(contextOf(site.url("/feed"))));

    expect(notes).toEqual([expect.objectContaining({ subject: "manifest entry ../../secret" })]);
    expect(site.paths().sort()).toEqual(
      ["manifest", uuid(1), uuid(2), uuid(3)].map((name) => `/feed/${name}.json`).sort(),
    );
  });

  it("does not ask for events that age or creator leave out, and says which", async () => {
    publish(events);

    const old = await readWhole(
      await collectMispFeed(contextOf(site.url("/feed"), { misp: { maxAgeDays: 3_000 } })),
    );
    expect(valuesOf(old.lines)).not.toContain("three.example.com");
    expect(old.lines.at(-1)).toContain('"leftOut":"too_old"');
    expect(site.paths()).not.toContain(`/feed/${uuid(3)}.json`);

    const theirs = await readWhole(
      await collectMispFeed(contextOf(site.url("/feed"), { misp: { orgs: { block: ["Example%"] } } })),
    );
    expect(valuesOf(theirs.lines)).toEqual(["three.example.com"]);
    expect(theirs.lines.filter((line) => line.includes('"leftOut":"filtered_org"'))).toHaveLength(2);
  });

  it("looks again when an event has grown too old, though nothing changed at the source", async () => {
    publish(events);
    const misp = { maxAgeDays: 3_000 };
    const url = site.url("/feed");
    const before = await readWhole(await collectMispFeed(contextOf(url, { misp })));
    const { previous, etag } = before;

    expect(await collectMispFeed(contextOf(url, { misp, previous, etag }))).toEqual({
      status: "not-modified",
    });
    const later = new Date("2036-01-01T00:00:00Z");
    const after = await readWhole(
      await collectMispFeed(contextOf(url, { misp, previous, etag, now: later })),
    );

    expect(valuesOf(after.lines)).toEqual([]);
  });

  it("takes nothing over from another address", async () => {
    const { previous, etag } = await first();
    site.serve(({ path }) => ({
      body:
        path === "/other/manifest.json"
          ? manifestOf(events)
          : eventOf(uuid(1), { timestamp: 1, values: ["other.example.com"] }),
    }));

    const { lines } = await readWhole(
      await collectMispFeed(contextOf(site.url("/other"), { previous, etag })),
    );

    expect(new Set(valuesOf(lines))).toEqual(new Set(["other.example.com"]));
  });

  it("reads wrapped events, objects, lower-case creators and numbers; says what it could not read", async () => {
    const id = uuid(1);
    site.serve(({ path }) => ({
      body: path.endsWith("manifest.json")
        ? JSON.stringify({
            [id.toUpperCase()]: { orgc: { name: "Lower CERT" }, info: "x", timestamp: 1_790_000_000 },
          })
        : JSON.stringify({
            response: [
              {
                Event: {
                  uuid: id,
                  Object: [
                    { name: "file", deleted: true, Attribute: [attribute("gone.example.com")] },
                    {
                      name: "domain-ip",
                      Attribute: [attribute("object.example.com", { object_relation: "domain" })],
                    },
                  ],
                  Attribute: [attribute("a.example.com", { timestamp: 1_790_000_000 }), { uuid: id }],
                },
              },
            ],
          }),
    }));

    const { lines, notes } = await readWhole(await collectMispFeed(contextOf(site.url("/feed"))));

    expect(lines[0]).toContain('"Orgc":{"name":"Lower CERT"');
    expect(valuesOf(lines)).toEqual(["gone.example.com", "object.example.com", "a.example.com"]);
    expect(lines[1]).toContain('"deleted":true');
    expect(lines[2]).toContain('"Object":{"name":"domain-ip"}');
    expect(notes).toEqual([
      expect.objectContaining({ message: "1 of its attributes have no type or value and were left out." }),
    ]);
  });

  it("stops for a preview when it has enough, the newest events first", async () => {
    publish(events);

    const { lines } = await readWhole(
      await collectMispFeed(contextOf(site.url("/feed"), { enough: 1, misp: { maxAgeDays: 1 } })),
    );

    expect(valuesOf(lines)).toEqual(["two.example.com"]);
  });

  it("tells step by step whether it can be read", async () => {
    publish(events);
    expect(await checkMispFeed(contextOf(site.url("/feed")))).toEqual([
      { name: "Manifest", ok: true, detail: `${site.url("/feed/manifest.json")} names 3 events.`, fix: null },
      { name: "Newest event", ok: true, detail: `“About ${uuid(2)}” holds 1 attributes.`, fix: null },
    ]);

    site.serve(() => ({ status: 404 }));
    expect(await checkMispFeed(contextOf(site.url("/feed")))).toEqual([
      expect.objectContaining({
        name: "Manifest",
        ok: false,
        fix: expect.stringContaining("manifest.json") as string,
      }),
    ]);
  });
});
