import { describe, expect, it, vi } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { letHoursPass, useFaultDesk } from "@/lib/testing/fault-desk";

import { COLLECTED_FAILURES, DRIP, NOTHING } from "./testing/fault-answers";

// What is tried again is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const database = useTestDatabase();
const KEY = "SluiceSandboxMispKey0123456789abcdefghij";
const { call, run, live, spoil, heal, limit, url } = useFaultDesk((sandbox) => ({
  kind: "misp-server",
  url: `${sandbox}/feeds/misp-server`,
  auth: { type: "misp", key: KEY },
}));

const SEARCH = "/feeds/misp-server/attributes/restSearch";
const VALUES = 23;

const FAULTS = [
  ...COLLECTED_FAILURES,
  ["nothing", NOTHING, "upstream_unavailable", /answered with nothing/],
  ["another document", { body: { error: "quota" } }, "upstream_rejected", /in a way that is not MISP's/],
] as const;

const night = (): Promise<void> => letHoursPass(database, 20);
const change = (): Promise<unknown> => call("POST", "/feeds/misp", { version: 2 });

describe("a MISP server that answers the search for everything by", () => {
  it.each(FAULTS)("%s fails, says why, loses nothing and heals", async (_name, answer, code, sentence) => {
    const before = await live();
    await night();
    await spoil(SEARCH, answer);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code } });
    expect(failed.error?.message).toMatch(sentence);
    expect(await live()).toEqual(before);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", extent: "full", counts: { active: VALUES } });
  });

  it("an empty list is held, loses nothing and heals", async () => {
    await night();
    await spoil(SEARCH, { body: { response: [] } });

    expect(await run()).toMatchObject({ state: "held", error: { code: "empty" } });
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", counts: { active: VALUES } });
  });

  it("half of its attributes is held, loses nothing and heals", async () => {
    await night();
    await spoil(SEARCH, { body: await halfOfAll() });

    expect(await run()).toMatchObject({ state: "held", error: { code: "shrink" } });
    expect(await live()).toHaveLength(VALUES);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged", counts: { active: VALUES } });
  });

  it("half of its attributes once is asked for the rest by name, and loses nothing at all", async () => {
    await night();
    await spoil(SEARCH, { body: await halfOfAll(), times: 1 });

    expect(await run()).toMatchObject({ counts: { removed: 0, active: VALUES } });
    expect(await live()).toHaveLength(VALUES);
  });
});

describe("a MISP server that answers the second question for changes by", () => {
  it.each(FAULTS)(
    "%s fails, keeps its mark, loses nothing and heals",
    async (_name, answer, code, sentence) => {
      const before = await live();
      await change();
      await spoil(SEARCH, answer, 1);

      const failed = await run();

      expect(failed).toMatchObject({ state: "failed", error: { code } });
      expect(failed.error?.message).toMatch(sentence);
      expect(await live()).toEqual(before);

      await heal();
      expect(await run()).toMatchObject({
        state: "succeeded",
        extent: "delta",
        counts: { added: 4, removed: 2 },
      });
    },
  );
});

describe("a MISP server that answers the question for what its list lacks by", () => {
  // Here no smaller page would help.
  it.each([
    ...COLLECTED_FAILURES,
    ["nothing", NOTHING, "upstream_rejected", /answered with nothing.*look at the address/],
  ] as const)("%s fails, removes nothing and heals", async (_name, answer, code, sentence) => {
    const before = await live();
    await change();
    await night();
    await spoil(SEARCH, answer, 1);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code } });
    expect(failed.error?.message).toMatch(sentence);
    expect(await live()).toEqual(before);

    await heal();
    expect(await run()).toMatchObject({
      state: "succeeded",
      extent: "full",
      counts: { added: 4, removed: 9 },
    });
  });
});

describe("a MISP server that drips", () => {
  it.each([
    ["its list", night, 0],
    ["its changes", () => change(), 1],
  ])("%s fails at the feed's own limit, loses nothing and heals", async (_what, prepare, skip) => {
    await prepare();
    await limit({ maxMinutes: 0.05 });
    await spoil(SEARCH, DRIP, skip);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code: "upstream_unavailable" } });
    expect(failed.error?.message).toMatch(/longer than 3 seconds/);
    expect(await live()).toHaveLength(VALUES);

    await heal();
    await limit({});
    expect(["succeeded", "unchanged"]).toContain((await run()).state);
  });
});

const halfOfAll = async (): Promise<object> => {
  const answer = await fetch(url(SEARCH), {
    method: "POST",
    headers: { authorization: KEY, "content-type": "application/json" },
    body: JSON.stringify({ published: 1, to_ids: 1, includeContext: true, includeEventTags: true }),
  });
  const { response } = (await answer.json()) as { response: { Attribute: object[] } };
  return { response: { Attribute: response.Attribute.filter((_, index) => index % 2 === 0) } };
};
