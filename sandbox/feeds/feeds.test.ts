import { createHash } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { pick, pickList, startHarness, type Harness } from "../testing/harness";
import { anyText, objectWith, textLike } from "../testing/matchers";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const get = (path: string, headers: Record<string, string> = {}) => sandbox.request("GET", path, { headers });

describe("the COVID-19 feed", () => {
  const rowsOf = async () =>
    (await get("/feeds/covid19.csv")).text.split("\r\n").map((line) => line.split(","));

  it("has the shape of the real file", async () => {
    const { text, headers } = await get("/feeds/covid19.csv");

    expect(headers.get("content-type")).toContain("text/csv");
    expect(text.endsWith("\n")).toBe(false);
    expect(text.match(/\r\n/g)).toHaveLength(949);
    expect(text.match(/(?<!\r)\n/g)).toBeNull();
    expect(text.split("\r\n")[0]).toBe(
      `5/11/2020 1:38:47 PM,${createHash("sha256").update("sluice-demo-1").digest("hex")},sha256,white,Azure Sentinel,Malware,Microsoft COVID-19 Threat Indicators`,
    );
  });

  it("turns from 950 rows to 36 others and back", async () => {
    const first = await rowsOf();
    expect((await sandbox.control("POST", "/feeds/covid19", { version: 2 })).status).toBe(200);
    const second = await rowsOf();
    await sandbox.control("POST", "/feeds/covid19", { version: 1 });

    expect([first.length, second.length]).toEqual([950, 36]);
    const values = new Set([...first, ...second].map((row) => row[1]));
    expect(values.size).toBe(986);
    expect(await rowsOf()).toEqual(first);
    for (const row of [...first, ...second]) {
      expect(row).toEqual([
        textLike(/^\d{1,2}\/\d{1,2}\/2020 \d{1,2}:\d\d:\d\d [AP]M$/),
        textLike(/^[\da-f]{64}$/),
        "sha256",
        "white",
        "Azure Sentinel",
        textLike(/^(?:Malware|Phish)$/),
        "Microsoft COVID-19 Threat Indicators",
      ]);
    }
  });

  it("is sent only when it changed", async () => {
    const { headers } = await get("/feeds/covid19.csv");
    const etag = headers.get("etag") ?? "";
    const modified = headers.get("last-modified") ?? "";

    expect(await get("/feeds/covid19.csv", { "if-none-match": `"x", W/${etag}` })).toMatchObject({
      status: 304,
      text: "",
    });
    expect((await get("/feeds/covid19.csv", { "if-modified-since": modified })).status).toBe(304);
    await sandbox.control("POST", "/feeds/covid19", { version: 2 });
    expect((await get("/feeds/covid19.csv", { "if-none-match": etag })).status).toBe(200);
    expect((await get("/feeds/covid19.csv", { "if-modified-since": modified })).status).toBe(200);
  });

  it("answers HEAD with headers alone", async () => {
    const answer = await sandbox.request("HEAD", "/feeds/covid19.csv");

    expect(answer).toMatchObject({ status: 200, text: "" });
    expect(Number(answer.headers.get("content-length"))).toBeGreaterThan(100_000);
  });

  it("refuses another version", async () => {
    expect((await sandbox.control("POST", "/feeds/covid19", { version: 3 })).status).toBe(400);
  });
});

it("serves a blocklist with comments, defanged values and bad lines", async () => {
  const { text } = await get("/feeds/blocklist.txt");

  expect(
    text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length,
  ).toBeGreaterThanOrEqual(40);
  for (const part of ["[.]", "hxxps://", "[dot]", "198.51.100.7", "999.1.2.3"]) expect(text).toContain(part);
});

describe("the MISP feed", () => {
  it("lists events that can be fetched, with their hashes", async () => {
    const manifest = (await get("/feeds/misp/manifest.json")).body;
    const hashes = (await get("/feeds/misp/hashes.csv")).text.trim().split("\n");
    const uuids = Object.keys(manifest ?? {});

    expect(uuids).toHaveLength(3);
    for (const uuid of uuids) {
      const event = pick((await get(`/feeds/misp/${uuid}.json`)).body, "Event");
      expect(event).toMatchObject({
        uuid,
        info: pick(manifest, uuid, "info"),
        Orgc: { name: "Sluice Demo CERT" },
      });
      const value = String(pick(event, "Attribute", 0, "value"));
      expect(hashes).toContain(`${createHash("md5").update(value).digest("hex")},${uuid}`);
    }
    for (const line of hashes) expect(line).toMatch(/^[\da-f]{32},[\da-f-]{36}$/);
  });

  it("changes when it is told to: an event differs, one is gone, one is new", async () => {
    const manifest = async () => Object.entries((await get("/feeds/misp/manifest.json")).body ?? {});
    const before = await manifest();
    const { headers } = await get("/feeds/misp/manifest.json");
    await sandbox.control("POST", "/feeds/misp", { version: 2 });

    const after = await manifest();

    const known = new Map(before);
    expect(after.filter(([uuid]) => !known.has(uuid))).toHaveLength(1);
    expect(before.filter(([uuid]) => after.every(([other]) => other !== uuid))).toHaveLength(1);
    expect(
      after.filter(
        ([uuid, entry]) => known.has(uuid) && pick(entry, "timestamp") !== pick(known.get(uuid), "timestamp"),
      ),
    ).toHaveLength(1);
    const etag = headers.get("etag") ?? "";
    expect((await get("/feeds/misp/manifest.json", { "if-none-match": etag })).status).toBe(200);
    expect((await sandbox.control("POST", "/feeds/misp", { version: 3 })).status).toBe(400);
  });

  it("tolerates the doubled slash that MISP makes, and knows no other file", async () => {
    expect((await get("/feeds/misp//manifest.json")).status).toBe(200);
    expect((await get("/feeds/misp/other.json")).status).toBe(404);
  });
});

describe("the MISP server", () => {
  const key = async () => {
    const feeds = pickList((await sandbox.control("GET", "/presets")).body, "feeds");
    return String(
      pick(
        feeds.find((feed) => pick(feed, "kind") === "misp-server"),
        "auth",
        "key",
      ),
    );
  };
  const search = async (body: unknown) => {
    const answer = await sandbox.request("POST", "/feeds/misp-server/attributes/restSearch", {
      body,
      headers: { authorization: await key() },
    });
    return {
      answer,
      values: pickList(answer.body, "response", "Attribute").map((one) => pick(one, "value")),
    };
  };

  it.each(["/servers/getVersion", "/servers/getVersion.json", "/users/view/me"])(
    "guards %s with its key",
    async (path) => {
      const refused = await get(`/feeds/misp-server${path}`, { authorization: "wrong" });
      expect(refused).toMatchObject({
        status: 403,
        body: { name: textLike("Authentication failed") },
      });

      expect((await get(`/feeds/misp-server${path}`, { authorization: await key() })).status).toBe(200);
      expect((await get(`/feeds/misp-server${path}`, { "x-misp-auth": await key() })).status).toBe(200);
    },
  );

  it("has a key of forty characters", async () => {
    expect(await key()).toMatch(/^[\da-z]{40}$/i);
  });

  it("pages attributes in a stable order, counting from 1", async () => {
    const all = (await search({})).values;
    const pages = [
      await search({ limit: 10, page: 1 }),
      await search({ limit: 10, page: 2 }),
      await search({ limit: 10, page: 3 }),
    ];

    expect(pages.flatMap(({ values }) => values)).toEqual(all);
    expect(pages[2]?.answer.headers.get("x-result-count")).toBe(String(all.length - 20));
  });

  it("filters", async () => {
    expect((await search({ type: ["yara"] })).values).toHaveLength(1);
    expect((await search({ to_ids: 0 })).values).toContain("loader.dll");
    expect((await search({ tags: ["tlp:red"] })).values).toEqual(["45.155.249.41"]);
    expect((await search({ tags: ["tlp:amber", "!tlp:red"] })).values).not.toContain("45.155.249.41");
    expect((await search({ tags: { NOT: ["tlp:green", "tlp:clear", "tlp:red"] } })).values).toHaveLength(5);
    expect((await search({ timestamp: "2026-11-01" })).values).toHaveLength(9);
    expect((await search({ timestamp: "nonsense" })).values).toEqual([]);
    expect((await search({ published: false })).values).toEqual([]);
  });

  it("shows deleted attributes only when asked", async () => {
    const live = (await search({})).values.length;

    expect((await search({ deleted: [0, 1] })).values).toHaveLength(live + 1);
    expect((await search({ deleted: "only" })).values).toHaveLength(1);
  });

  it("pages the other way round when asked", async () => {
    const { values } = await search({});

    expect((await search({ order: "Attribute.id desc" })).values).toEqual(values.toReversed());
    expect((await search({ order: "Attribute.id asc" })).values).toEqual(values);
  });

  it("keeps its numbers from one version to the next, and tells what changed since a time", async () => {
    const numbersOf = ({ answer }: Awaited<ReturnType<typeof search>>) =>
      new Map(
        pickList(answer.body, "response", "Attribute").map((one) => [pick(one, "uuid"), pick(one, "id")]),
      );
    const before = numbersOf(await search({}));
    await sandbox.control("POST", "/feeds/misp", { version: 2 });

    const changed = await search({ timestamp: "2026-11-03", deleted: [0, 1] });
    expect(changed.values).toEqual([
      "45.155.249.31",
      "http://loader.example-sluice-demo.com/get.php?u=1",
      "relay.example-sluice-demo.com",
      "45.155.249.51",
      "45.155.249.52",
      "node.example-sluice-demo.org",
    ]);
    const after = [...numbersOf(await search({}))].filter(([uuid]) => before.has(uuid));
    expect(after).toEqual(after.map(([uuid]) => [uuid, before.get(uuid)]));
  });

  it("fails at too large a page when its switch says so", async () => {
    await sandbox.control("PUT", "/switches", { mispMostAttributes: 5 });

    const { answer } = await search({ limit: 5 });
    expect(answer.status).toBe(200);
    expect(
      (
        await sandbox.request("POST", "/feeds/misp-server/attributes/restSearch", {
          body: { limit: 6 },
          headers: { authorization: await key() },
        })
      ).status,
    ).toBe(500);
  });

  it("adds the event when asked", async () => {
    const event = async (body: object) =>
      pick((await search({ type: "yara", ...body })).answer.body, "response", "Attribute", 0, "Event");

    expect(await event({})).not.toHaveProperty("published");
    expect(await event({ includeContext: 1 })).toMatchObject({
      published: true,
      Tag: [{ name: "tlp:clear" }, { name: textLike("confidence") }],
    });
  });

  it("adds the event's tags when asked", async () => {
    const { answer } = await search({ type: "yara", includeEventTags: 1 });

    expect(pickList(answer.body, "response", "Attribute", 0, "Tag")).toContainEqual(
      objectWith({ name: "tlp:clear", inherited: 1 }),
    );
  });

  it("refuses what it cannot read in MISP's shape", async () => {
    for (const body of ["{", { page: 0 }]) {
      const answer = await sandbox.request("POST", "/feeds/misp-server/attributes/restSearch", {
        body,
        headers: { authorization: await key() },
      });
      expect(answer).toMatchObject({
        status: 400,
        body: { name: anyText, url: anyText },
      });
    }
  });
});

describe("the TAXII server", () => {
  const taxii = (path: string, accept = "application/taxii+json;version=2.1") => get(path, { accept });
  const objectsPath = async () => {
    const root = String(pick((await taxii("/feeds/taxii2/")).body, "default"));
    const collections = await taxii(`${root.slice(sandbox.url.length)}collections/`);
    return `/feeds/taxii2/api/collections/${String(pick(collections.body, "collections", 0, "id"))}/objects/`;
  };

  it("leads from discovery to objects, page by page", async () => {
    const path = await objectsPath();
    const ids: unknown[] = [];
    let next = "";
    do {
      const page = await taxii(`${path}?limit=50${next}`);
      expect(page.headers.get("content-type")).toBe("application/taxii+json;version=2.1");
      ids.push(...pickList(page.body, "objects").map((one) => pick(one, "id")));
      next = pick(page.body, "more") === true ? `&next=${String(pick(page.body, "next"))}` : "";
    } while (next !== "");

    expect(new Set(ids).size).toBe(60);
  });

  it("gives only what was added after, and says when the last was added", async () => {
    const path = await objectsPath();
    const first = await taxii(path);
    const last = first.headers.get("x-taxii-date-added-last") ?? "";

    const rest = await taxii(`${path}?added_after=${encodeURIComponent(last)}&limit=1`);

    expect(pickList(rest.body, "objects")).toMatchObject([{ name: "Demo indicator 21" }]);
    expect((await taxii(`${path}?added_after=2027-01-01T00:00:00Z`)).body).toEqual({});
  });

  it("matches ids and types", async () => {
    const path = await objectsPath();
    const id = String(pick((await taxii(path)).body, "objects", 0, "id"));

    expect(pickList((await taxii(`${path}?match[id]=${id}`)).body, "objects")).toHaveLength(1);
    expect((await taxii(`${path}?match[type]=identity`)).body).toEqual({});
  });

  it("has a manifest", async () => {
    const manifest = await taxii((await objectsPath()).replace("/objects/", "/manifest/"));

    expect(pick(manifest.body, "objects", 0)).toMatchObject({
      date_added: anyText,
      version: anyText,
    });
  });

  it.each([
    ["another media type", "/feeds/taxii2/", "text/html", 406],
    ["an unknown collection", "/feeds/taxii2/api/collections/x/objects/", "*/*", 404],
  ])("refuses %s", async (_case, path, accept, status) => {
    expect(await taxii(path, accept)).toMatchObject({ status, body: { http_status: String(status) } });
  });

  it.each(["limit=0", "next=x", "added_after=yesterday"])("refuses %s", async (query) => {
    expect((await taxii(`${await objectsPath()}?${query}`)).status).toBe(400);
  });
});
