import { beforeEach, describe, expect, it, vi } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { useFaultDesk } from "@/lib/testing/fault-desk";

import { COLLECTED_FAILURES, DRIP, NOTHING } from "./testing/fault-answers";

// What is tried again is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

useTestDatabase();
const { call, run, live, spoil, heal, limit, url } = useFaultDesk((sandbox) => ({
  kind: "misp-feed",
  url: `${sandbox}/feeds/misp/`,
}));

const MANIFEST = "/feeds/misp/manifest.json";
type Manifest = Record<string, { timestamp: number }>;
const readManifest = async (): Promise<Manifest> => (await fetch(url(MANIFEST))).json() as Promise<Manifest>;

const VALUES = 23;
/** What is live when the second version has come whole. */
const VALUES_LATER = 18;

describe("a MISP feed whose manifest is answered by", () => {
  it.each([
    ...COLLECTED_FAILURES,
    ["nothing", NOTHING, "upstream_rejected", /answered with nothing.*look at the address/],
    ["another document", { body: { error: "quota" } }, "upstream_rejected", /not MISP's.*Open the address/],
  ] as const)("%s fails, says why, loses nothing and heals", async (_name, answer, code, sentence) => {
    const before = await live();
    await spoil(MANIFEST, answer);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code } });
    expect(failed.error?.message).toMatch(sentence);
    expect(await live()).toEqual(before);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", counts: { active: VALUES } });
  });

  it.each([
    ["a list of nothing", "{}"],
    ["a list of nothing as PHP writes it", "[]"],
  ])("%s is held, loses nothing and heals", async (_name, body) => {
    await spoil(MANIFEST, { status: 200, body });

    expect(await run()).toMatchObject({
      state: "held",
      error: { code: "empty", message: expect.stringContaining("Accept that it is empty") as string },
    });
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", counts: { active: VALUES } });
  });

  it("half of its events is held, loses nothing and heals", async () => {
    const [first, , third] = Object.entries(await readManifest());
    await spoil(MANIFEST, {
      body: Object.fromEntries([first, third].filter((entry) => entry !== undefined)),
    });

    expect(await run()).toMatchObject({ state: "held", error: { code: "shrink" } });
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", counts: { active: VALUES } });
  });
});

describe("a MISP feed of which one changed event is answered by", () => {
  let changed: string;
  beforeEach(async () => {
    const first = await readManifest();
    await call("POST", "/feeds/misp", { version: 2 });
    const second = await readManifest();
    const uuid = Object.keys(first).find(
      (one) => second[one] && second[one].timestamp !== first[one]?.timestamp,
    );
    changed = `/feeds/misp/${uuid ?? ""}.json`;
  });

  it.each([
    ...COLLECTED_FAILURES,
    ["nothing", NOTHING, "", /answered with nothing/],
    ["a document without an event", { body: {} }, "", /holds no event of MISP/],
  ] as const)("%s says so, keeps its earlier version and heals", async (_name, answer, _code, sentence) => {
    await spoil(changed, answer);

    const done = await run();

    expect(done).toMatchObject({ state: "succeeded", noteCount: 1, counts: { added: 3 } });
    expect(done.notes[0]?.message).toMatch(sentence);
    expect(done.notes[0]?.message).toMatch(
      /Its earlier version stays\. It is tried again at the next run\.$/,
    );
    expect(await live()).toContain("stage2.loader.example-sluice-demo.com");

    await heal();
    expect(await run()).toMatchObject({ state: "succeeded", noteCount: 0, counts: { active: VALUES_LATER } });
    expect(await live()).not.toContain("stage2.loader.example-sluice-demo.com");
  });

  it("half of its attributes is held, loses nothing and heals", async () => {
    const { Event: event } = (await (await fetch(url(changed))).json()) as { Event: { Attribute: object[] } };
    await spoil(changed, { body: { Event: { ...event, Attribute: event.Attribute.slice(0, 1) } } });

    expect(await run()).toMatchObject({ state: "held", error: { code: "shrink" } });
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "succeeded", counts: { active: VALUES_LATER } });
  });
});

describe("a MISP feed that drips", () => {
  it.each([
    ["its manifest", MANIFEST],
    ["an event", "/feeds/misp/*-*.json"],
  ])("%s fails at the feed's own limit, loses nothing and heals", async (_what, path) => {
    await call("POST", "/feeds/misp", { version: 2 });
    await limit({ maxMinutes: 0.05 });
    await spoil(path, DRIP);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code: "upstream_unavailable" } });
    expect(failed.error?.message).toMatch(/longer than 3 seconds/);
    expect(await live()).toHaveLength(VALUES);

    await heal();
    await limit({});
    expect(await run()).toMatchObject({ state: "succeeded", counts: { active: VALUES_LATER } });
  });
});
