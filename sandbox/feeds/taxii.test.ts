import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { pick, pickList, startHarness, type Harness } from "../testing/harness";

let sandbox: Harness;
beforeAll(async () => {
  sandbox = await startHarness();
});
afterAll(() => sandbox.close());
beforeEach(() => sandbox.control("POST", "/reset"));

const get = (path: string) =>
  sandbox.request("GET", `/feeds/taxii2/api/collections/${path}`, {
    headers: { accept: "application/taxii+json;version=2.1" },
  });
const switchTo = (switches: Record<string, string>) => sandbox.control("PUT", "/switches", switches);
const demo = async (): Promise<string> => String(pick((await get("")).body, "collections", 0, "id"));
const mixed = async (): Promise<string> => String(pick((await get("")).body, "collections", 1, "id"));

it("lets only the first collection be read, until a switch opens the second", async () => {
  const path = `${await mixed()}/objects/`;
  expect((await get(path)).status).toBe(403);

  await switchTo({ taxiiCollections: "two-readable" });

  const types = pickList((await get(path)).body, "objects").map((object) => pick(object, "type"));
  expect(new Set(types)).toEqual(new Set(["indicator", "identity", "malware"]));
});

it("takes new objects and newer versions, dated after all that was there", async () => {
  const path = `${await demo()}/objects/`;
  const first = pick((await get(`${path}?limit=1`)).body, "objects", 0);
  const mark = "2026-10-15T18:00:00Z";
  expect((await get(`${path}?added_after=${mark}`)).body).toEqual({});

  const added = await sandbox.control("POST", "/feeds/taxii", {
    objects: [
      { type: "indicator", id: pick(first, "id"), modified: "2026-12-01T00:00:00Z", revoked: true },
      { type: "indicator", id: "indicator--new" },
    ],
  });

  expect(added.body).toEqual({ added: 2 });
  const news = await get(`${path}?added_after=${mark}`);
  expect(pickList(news.body, "objects").map((object) => pick(object, "id"))).toEqual([
    pick(first, "id"),
    "indicator--new",
  ]);
  // Only the last version of an object is there, unless all are asked for.
  const id = String(pick(first, "id"));
  expect(pickList((await get(`${path}?match[id]=${id}`)).body, "objects")).toHaveLength(1);
  expect(pickList((await get(`${path}?match[id]=${id}&match[version]=all`)).body, "objects")).toHaveLength(2);
});

it("refuses to add what is no object", async () => {
  expect((await sandbox.control("POST", "/feeds/taxii", { objects: [{ id: "x" }] })).status).toBe(400);
});

it("can lead nowhere", async () => {
  const path = `${await demo()}/objects/`;
  const nextOf = async (query: string) => {
    const { body } = await get(`${path}${query}`);
    return [pick(body, "more"), pick(body, "next"), pick(body, "objects", 0, "name")];
  };

  await switchTo({ taxiiNext: "same-mark" });
  expect(await nextOf("")).toEqual([true, "page-0", "Demo indicator 1"]);
  expect(await nextOf("?next=page-0")).toEqual([true, "page-0", "Demo indicator 1"]);

  await switchTo({ taxiiNext: "same-page" });
  expect(await nextOf("")).toEqual([true, "page-0-1", "Demo indicator 1"]);
  expect(await nextOf("?next=page-0-1")).toEqual([true, "page-0-2", "Demo indicator 1"]);

  await switchTo({ taxiiNext: "by-date" });
  expect(await nextOf("")).toEqual([true, undefined, "Demo indicator 1"]);
});
