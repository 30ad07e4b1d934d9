import { randomUUID } from "node:crypto";

import { describe, expect, it, vi } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { letHoursPass, useFaultDesk } from "@/lib/testing/fault-desk";

import { COLLECTED_FAILURES, DRIP, NOTHING } from "./testing/fault-answers";

// What is tried again is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const database = useTestDatabase();
const { call, run, live, spoil, heal, limit } = useFaultDesk((sandbox) => ({
  kind: "taxii",
  url: `${sandbox}/feeds/taxii2/`,
}));

const DISCOVERY = "/feeds/taxii2/";
const COLLECTIONS = "/feeds/taxii2/api/collections/";
const OBJECTS = "*/objects/";
const VALUES = 59;

const FAULTS = [
  ...COLLECTED_FAILURES,
  ["nothing", NOTHING, "upstream_rejected", /answered with nothing.*look at the address/],
] as const;

/** More objects than one page of the sandbox holds. */
const addTwoPages = () =>
  call("POST", "/feeds/taxii", {
    objects: Array.from({ length: 25 }, (_, index) => ({
      type: "indicator",
      spec_version: "2.1",
      id: `indicator--${randomUUID()}`,
      created: new Date().toISOString(),
      modified: new Date().toISOString(),
      pattern: `[domain-name:value = 'late-${String(index)}.example-sluice-demo.com']`,
      pattern_type: "stix",
      valid_from: new Date().toISOString(),
    })),
  });
const day = (): Promise<void> => letHoursPass(database, 24);

describe("a TAXII server whose discovery is answered by", () => {
  it.each([
    ...FAULTS,
    [
      "another document",
      { body: {} },
      "upstream_rejected",
      /neither API roots nor an API root.*Give the address/,
    ],
  ] as const)("%s fails, says why, loses nothing and heals", async (_name, answer, code, sentence) => {
    await spoil(DISCOVERY, answer);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code } });
    expect(failed.error?.message).toMatch(sentence);
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", counts: { active: VALUES } });
  });
});

describe("a TAXII server whose list of collections is answered by", () => {
  it.each([
    ["403", { status: 403, body: "" }, /refuses access \(HTTP 403\)/],
    ["a web page", { status: 200, body: "<!doctype html><html></html>" }, /web page instead of data/],
    [
      "no collection",
      { body: { collections: [] } },
      /no collection that this sign-in may see. Check the user/,
    ],
  ])("%s fails, says why, loses nothing and heals", async (_name, answer, sentence) => {
    await spoil(COLLECTIONS, answer);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code: "upstream_rejected" } });
    expect(failed.error?.message).toMatch(sentence);
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", counts: { active: VALUES } });
  });
});

describe.each([
  ["first", 0],
  ["second", 1],
])("a TAXII collection whose %s page of changes is answered by", (_page, skip) => {
  it.each([
    ...FAULTS,
    ["another document", { body: { error: "quota" } }, "upstream_rejected", /no TAXII 2\.1 page of objects/],
  ] as const)("%s fails, keeps its mark, loses nothing and heals", async (_name, answer, code, sentence) => {
    await addTwoPages();
    await spoil(OBJECTS, answer, skip);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code } });
    expect(failed.error?.message).toMatch(sentence);
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({
      state: "succeeded",
      extent: "delta",
      counts: { added: 25, removed: 0, active: VALUES + 25 },
    });
  });
});

describe("a TAXII collection that is read whole and gives", () => {
  it.each([
    ["no object", 0, { body: {} }, "empty"],
    ["an empty list", 0, { body: { more: false, objects: [] } }, "empty"],
    ["nothing on its second page", 1, { body: {} }, "shrink"],
  ])("%s is held, loses nothing and heals", async (_name, skip, answer, code) => {
    await day();
    await spoil(OBJECTS, answer, skip);

    const held = await run();

    expect(held).toMatchObject({ state: "held", extent: "full", error: { code } });
    expect(held.error?.message).toMatch(/The last good run stays live\. Accept/);
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", extent: "full", counts: { active: VALUES } });
  });

  it("500 on its second page fails, removes nothing and heals", async () => {
    await day();
    await spoil(OBJECTS, { status: 500, body: "" }, 1);

    expect(await run()).toMatchObject({ state: "failed" });
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", extent: "full", counts: { active: VALUES } });
  });
});

describe("a TAXII server that drips", () => {
  it.each([
    ["its discovery", DISCOVERY, 0],
    ["its first page", OBJECTS, 0],
    ["its second page", OBJECTS, 1],
  ])("%s fails at the feed's own limit, loses nothing and heals", async (_what, path, skip) => {
    await addTwoPages();
    await limit({ maxMinutes: 0.05 });
    await spoil(path, DRIP, skip);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code: "upstream_unavailable" } });
    expect(failed.error?.message).toMatch(/longer than 3 seconds/);
    expect(await live()).toHaveLength(VALUES);

    await heal();
    await limit({});
    expect(await run()).toMatchObject({ state: "succeeded", counts: { removed: 0, active: VALUES + 25 } });
  });
});
