import { beforeEach, describe, expect, it } from "vitest";

import { contextOf, readWhole } from "../testing/site";
import { makeAttributes, useMispStandIn } from "../testing/misp-stand-in";
import { checkMispServer } from "./check";
import { findChanges } from "./changes";
import { collectMispServer } from "./collect";
import { createSearch } from "./search";
import { createMarks } from "./state";

const { site, state, searches, serve } = useMispStandIn();
beforeEach(() => {
  serve();
  state.attributes = makeAttributes(120);
});

type Given = Parameters<typeof contextOf>[1];
const NOW = new Date("2026-11-20T12:00:00Z");
const hoursLater = (hours: number): Date => new Date(NOW.getTime() + hours * 3_600_000);
const collect = async (given: Given = {}) => {
  searches.length = 0;
  return readWhole(await collectMispServer(contextOf(site.url("/misp/"), { now: NOW, ...given })));
};
const valuesOf = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => /"value":"([^"]+)"/.exec(line)?.[1] ?? []);
const hosts = (...numbers: number[]): string[] =>
  numbers.map((number) => `host-${String(number)}.example.com`);
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
const change = (id: number, more: object): void => {
  state.attributes = state.attributes.map((one) => (one.id === id ? { ...one, ...more } : one));
};

describe("a MISP server", () => {
  it("is read whole at first, in the order of its numbers, by what the feed wants", async () => {
    change(3, { to_ids: false });
    change(4, { published: false });
    change(5, { deleted: true });

    const { lines, extent, state: left } = await collect();

    expect(extent).toBe("full");
    expect(valuesOf(lines)).toEqual(hosts(1, 2, ...range(6, 120)));
    expect(lines[0]).toBe(
      '{"Attribute":{"uuid":"5ca1ab1e-0000-4000-9000-000000000001","id":"1","type":"domain","category":"Network activity","value":"host-1.example.com","to_ids":true,"timestamp":1790000060,"Event":{"uuid":"5ca1ab1e-0000-4000-8000-00000000000e","info":"An event","timestamp":1790000060,"publish_timestamp":1780000000,"published":true,"Orgc":{"name":"Example CERT","uuid":"5ca1ab1e-0000-4000-8000-000000000001"},"Tag":[{"name":"tlp:green"}]}}}',
    );
    expect(left).toMatchObject({
      version: 1,
      marks: { changed: 1_790_000_000 + 120 * 60, published: 1_780_000_000 },
      fullAt: NOW.toISOString(),
    });
    expect(searches[0]).toMatchObject({
      page: 1,
      limit: 2_000,
      order: "Attribute.id asc",
      published: 1,
      to_ids: 1,
    });
    expect(JSON.parse(site.asked[0]?.body ?? "")).toMatchObject({
      includeEventTags: true,
      includeContext: true,
    });
    expect(site.paths()[0]).toBe("/misp/attributes/restSearch");
  });

  it("tells afterwards only what changed: new, changed and revoked attributes", async () => {
    const { previous } = await collect();
    const at = 1_790_000_000 + 121 * 60;
    change(7, { value: "changed.example.com", timestamp: at });
    change(8, { deleted: true, timestamp: at });
    change(9, { to_ids: false, timestamp: at });
    state.attributes.push(...makeAttributes(1, 121));

    const delta = await collect({ previous, now: hoursLater(1) });

    expect(delta.extent).toBe("delta");
    expect(valuesOf(delta.lines)).toEqual([
      ...hosts(...range(1, 6)),
      "changed.example.com",
      ...hosts(...range(10, 121)),
    ]);
    // Ten minutes before the newest that was seen, revoked ones, too, and whatever was published since.
    expect(searches).toEqual([
      expect.objectContaining({ timestamp: 1_790_000_000 + 120 * 60 - 600, deleted: [0, 1] }),
      expect.objectContaining({ publish_timestamp: 1_780_000_000 - 600, deleted: [0, 1] }),
    ]);
    expect(searches[0]).not.toHaveProperty("to_ids");
    expect(searches[0]).not.toHaveProperty("published");
  });

  it("makes of changes the very body that reading everything would make", async () => {
    const misp = {
      types: { allow: ["domain"], block: ["host%"] },
      tags: { allow: ["tlp:%"], block: ["c2"] },
    };
    const { previous } = await collect({ misp });
    const at = 1_790_000_000 + 121 * 60;
    change(7, { type: "hostname", timestamp: at });
    change(9, { to_ids: false, timestamp: at });
    change(11, { published: false, timestamp: at });
    change(13, { tags: ["c2"], timestamp: at });
    state.attributes.push(...makeAttributes(5, 121));

    const delta = await collect({ misp, previous, now: hoursLater(1) });

    // The stand-in knows no search by type.
    state.attributes = state.attributes.filter(({ type }) => type !== "hostname");
    expect(delta.extent).toBe("delta");
    expect(delta.lines).toEqual((await collect({ misp })).lines);
  });

  it("gives the same body when nothing changed", async () => {
    const first = await collect();

    const again = await collect({ previous: first.previous, now: hoursLater(1) });

    expect(again.lines).toEqual(first.lines);
    expect(again.state).toEqual(first.state);
  });

  it("brings an event in that was published after its attributes were written", async () => {
    state.attributes = makeAttributes(100).map((one) => (one.id <= 5 ? { ...one, published: false } : one));
    const { previous } = await collect();
    for (const id of range(1, 5)) change(id, { published: true, publishedAt: 1_790_009_000 });

    const { lines, extent } = await collect({ previous, now: hoursLater(1) });

    expect(extent).toBe("delta");
    expect(valuesOf(lines).sort()).toEqual(hosts(...range(1, 100)).sort());
  });

  it("moves its mark only when all pages have come", async () => {
    const { previous } = await collect();
    state.attributes.push(...makeAttributes(3_000, 121));
    state.before = ({ page, timestamp }) => {
      if (page > 1 && timestamp > 0) state.mostRows = 1;
    };
    await expect(collect({ previous, now: hoursLater(1) })).rejects.toThrow("does not manage");

    serve();
    const healed = await collect({ previous, now: hoursLater(2) });

    expect(healed.extent).toBe("delta");
    expect(valuesOf(healed.lines)).toHaveLength(3_120);
  });

  it("reads everything anew at night, and so finds what was deleted without a trace", async () => {
    const { previous } = await collect();
    state.attributes = state.attributes.filter(({ id }) => id !== 60);

    const day = await collect({ previous, now: hoursLater(19) });
    expect(valuesOf(day.lines)).toContain("host-60.example.com");
    expect(day.extent).toBe("delta");

    const night = await collect({ previous: day.previous, now: hoursLater(21) });
    expect(night.extent).toBe("full");
    expect(valuesOf(night.lines)).toEqual(hosts(...range(1, 59), ...range(61, 120)));
    expect(night.state).toMatchObject({ fullAt: hoursLater(21).toISOString() });
  });

  it("does not lose what moved over the border of a page while it was read", async () => {
    state.attributes = makeAttributes(4_500);
    const { previous } = await collect();
    state.before = ({ page, uuid }) => {
      // Ten are deleted after the first page, so that ten others move into it.
      if (page === 2 && !uuid) state.attributes = state.attributes.filter(({ id }) => id <= 100 || id > 110);
    };

    const night = await collect({ previous, now: hoursLater(21) });

    // Those ten had been read before they went; the ten that moved are all the same here.
    expect(valuesOf(night.lines).sort()).toEqual(hosts(...range(1, 4_500)).sort());
    expect(searches.at(-1)?.uuid).toHaveLength(10);
  });

  it("asks for everything again after a change of the filters or the address", async () => {
    const { previous } = await collect();

    expect((await collect({ previous, now: hoursLater(1), misp: { toIdsOnly: false } })).extent).toBe("full");
    expect(
      (await collect({ previous, now: hoursLater(1), misp: { filters: { eventinfo: "x" } } })).extent,
    ).toBe("full");
    expect((await collect({ previous, now: hoursLater(1) })).extent).toBe("delta");
  });

  it("gives up on changes when they would fill the memory: then everything is read", async () => {
    const given = contextOf(site.url("/misp"), { now: NOW });
    const options = {
      search: createSearch(site.url("/misp"), given),
      settings: given.settings.misp,
      state: {
        version: 1 as const,
        fingerprint: "",
        marks: { changed: 1, published: null },
        fullAt: NOW.toISOString(),
      },
      marks: createMarks(NOW),
      heard: { unreadable: 0, keyExpiresAt: null },
      now: NOW,
      signal: given.signal,
    };

    expect((await findChanges({ ...options, most: 120 }))?.size).toBe(120);
    expect(await findChanges({ ...options, most: 119 })).toBeNull();
  });

  it("passes a person's own parameters on, and asks as exactly as the filters allow", async () => {
    await collect({
      misp: {
        filters: {
          enforceWarninglist: true,
          published: 1,
          tags: ['workflow:state="complete"'],
          publish_timestamp: "14d",
        },
        types: { allow: ["domain", "ip-dst"] },
        categories: { allow: ["Network%"] },
        tags: { allow: ["tlp:green"] },
        maxAgeDays: 30,
      },
    });

    expect(JSON.parse(site.asked[0]?.body ?? "")).toEqual({
      published: 1,
      to_ids: 1,
      type: ["domain", "ip-dst"],
      tags: ['workflow:state="complete"'],
      event_timestamp: "30d",
      enforceWarninglist: true,
      publish_timestamp: "14d",
      order: "Attribute.id asc",
      returnFormat: "json",
      includeContext: true,
      includeEventTags: true,
      withAttachments: false,
      page: 1,
      limit: 2_000,
    });
  });

  it("stops at the feed's limits", async () => {
    const given = contextOf(site.url("/misp"), { now: NOW });
    const collected = await collectMispServer({
      ...given,
      settings: { ...given.settings, limits: { ...given.settings.limits, maxRows: 100 } },
    });

    await expect(readWhole(collected)).rejects.toThrow(
      "holds more than 100 rows, which is this feed's limit",
    );
  });

  it("gives a preview the newest, whatever the filters leave out", async () => {
    state.attributes = makeAttributes(1_200).map((one) => ({ ...one, to_ids: false }));

    const { lines } = await collect({ enough: 400 });

    expect(valuesOf(lines)).toEqual(hosts(...range(701, 1_200).reverse()));
  });

  it("says what could not be read and when the key runs out", async () => {
    state.answer = () => ({
      headers: { "x-auth-key-expiration": "2026-11-25T00:00:00Z" },
      body: JSON.stringify({ response: { Attribute: [{ uuid: "" }, { type: "domain" }] } }),
    });

    expect((await collect()).notes).toEqual([
      { subject: "attributes", message: "2 have no UUID, type or value and were left out." },
      expect.objectContaining({
        subject: "auth key",
        message: expect.stringContaining("2026-11-25") as string,
      }),
    ]);
  });

  it.each([
    [
      {
        status: 403,
        body: '{"name":"x","message":"Authentication failed. Please make sure you pass the API key."}',
      },
      "refuses (HTTP 403). MISP says “Authentication failed. Please make sure you pass the API key.”.",
    ],
    [{ status: 403, body: "<html>blocked</html>" }, "refuses (HTTP 403)."],
    [{ body: "<!doctype html><html>Log in</html>" }, "a web page instead of data"],
    [{ body: '{"something":"else"}' }, "in a way that is not MISP's"],
  ])("fails with its words when it refuses: %j", async (answer, words) => {
    state.answer = () => answer;

    await expect(collect()).rejects.toMatchObject({
      code: "upstream_rejected",
      message: expect.stringContaining(words) as string,
    });
  });

  it("takes an answer that breaks off for one that was too much", async () => {
    state.answer = (_path, body) =>
      /"limit":\d{3,}/.test(body) ? { body: '{"response":{"Attribute":[{"id":"1"' } : null;

    expect((await collect()).lines).toHaveLength(120);
    expect(searches.map(({ limit }) => limit)).toEqual([50, 50, 50]);
  });
});

describe("the test of a MISP server", () => {
  const check = () => checkMispServer(contextOf(site.url("/misp/events/index"), { now: NOW }));

  it("says version, user and whether attributes come, and nothing that is secret", async () => {
    const checks = await check();

    expect(checks).toEqual([
      { name: "Server", ok: true, detail: `MISP 2.5.1 answers at ${site.url("/misp")}.`, fix: null },
      {
        name: "Key",
        ok: true,
        detail: "The key is a user's of “Example CERT” with the role “Sync user”.",
        fix: null,
      },
      { name: "Attributes", ok: true, detail: "Attributes can be read.", fix: null },
    ]);
    expect(JSON.stringify(checks)).not.toContain("0123456789abcdefghij");
  });

  it("says what is missing when nothing comes", async () => {
    state.attributes = [];

    expect((await check()).at(-1)).toMatchObject({
      name: "Attributes",
      ok: true,
      fix: expect.stringContaining("organisation") as string,
    });
  });

  it.each([
    ["Auth key is expired", "The key has run out."],
    ["It is not possible to use this Auth key from your IP address", "allowed IPs"],
    ["Authentication failed. Your user account has been disabled.", "disabled in MISP"],
    [
      "Authentication failed. Please make sure you pass the API key of an API enabled user",
      "all 40 characters",
    ],
    ["You do not have permission to use this functionality.", "The role of the key's user"],
  ])("says what to do about “%s”", async (message, fix) => {
    state.answer = () => ({ status: 403, body: JSON.stringify({ name: message, message, url: "/" }) });

    expect(await check()).toEqual([
      {
        name: "Server",
        ok: false,
        detail: expect.stringContaining(message) as string,
        fix: expect.stringContaining(fix) as string,
      },
    ]);
  });

  it.each([
    [{ body: "<!doctype html><html>Log in</html>" }],
    [{ status: 404, body: "" }],
    [{ body: '{"hello":"world"}' }],
  ])("says that the address is wrong when %j answers", async (answer) => {
    state.answer = () => answer;

    expect((await check())[0]).toMatchObject({
      ok: false,
      fix: expect.stringContaining("without a page's path") as string,
    });
  });
});
