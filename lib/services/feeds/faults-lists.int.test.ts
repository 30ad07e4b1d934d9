import { beforeAll, describe, expect, it, vi } from "vitest";

import { useTestDatabase } from "@/lib/testing/database";
import { useFaultDesk } from "@/lib/testing/fault-desk";
import { MISP_EVENTS } from "@/sandbox/feeds/misp-events";

import { CUT_SHORT, DRIP, FAILURES, NOTHING, ROBOT_PAGE, WEB_PAGE } from "./testing/fault-answers";

// What is tried again is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

useTestDatabase();

const HELD = [
  ["a body cut short", CUT_SHORT, "cut_short", /broke off .* next whole answer replaces it/],
  ["a web page", WEB_PAGE, "web_page", /web page instead of data.*Look at the address/],
  [
    "a check for robots as a good answer",
    ROBOT_PAGE,
    "web_page",
    /for a robot.*stays live\. Ask the provider/,
  ],
  ["nothing", NOTHING, "empty", /no indicator \(0 bytes\)/],
] as const;

type Fault = readonly [name: string, answer: object, code: string, sentence: RegExp];
const EMPTY = /no indicator \(\d+ bytes\).*Accept that it is empty/;
const halfOf = (list: readonly unknown[]): readonly unknown[] => list.filter((_, index) => index % 2 === 0);

// An event of MISP is a JSON document with a list in it.
const [event] = MISP_EVENTS;
const KINDS = [
  {
    kind: "json",
    path: `/feeds/misp/${event?.uuid ?? ""}.json`,
    settings: { json: { list: "Event.Attribute", value: "value" } },
    held: [
      ["an empty list", { body: { Event: { Attribute: [] } } }, "empty", EMPTY],
      ["an error in the list's place", { body: { error: "Quota exceeded" } }, "empty", EMPTY],
      [
        "half the items",
        { body: { Event: { Attribute: halfOf(event?.Attribute ?? []) } } },
        "shrink",
        /instead of about/,
      ],
    ] satisfies Fault[],
  },
  {
    kind: "freetext",
    path: "/feeds/blocklist.txt",
    settings: {},
    held: [
      ["comments only", { status: 200, body: "# nothing today\n" }, "empty", EMPTY],
      ["an error in words", { status: 200, body: "Too many requests\n" }, "empty", EMPTY],
      ["a few of its lines", { status: 200, body: "45.155.249.17\n45.155.249.19\n" }, "shrink", /instead of/],
    ] satisfies Fault[],
  },
];

let asked: (typeof KINDS)[number] | undefined;
const { run, live, spoil, heal, limit } = useFaultDesk((sandbox) => ({
  kind: asked?.kind,
  url: `${sandbox}${asked?.path ?? ""}`,
  ...asked?.settings,
}));

describe.each(KINDS)("a list of the kind $kind that is answered by", (given) => {
  const { path, held } = given;
  beforeAll(() => {
    asked = given;
  });

  it.each(FAILURES)("%s fails, says why, loses nothing and heals", async (_name, answer, code, sentence) => {
    const before = await live();
    await spoil(path, answer);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code } });
    expect(failed.error?.message).toMatch(sentence);
    expect(await live()).toEqual(before);

    await heal();
    expect(await run()).toMatchObject({ state: "unchanged" });
    expect(await live()).toEqual(before);
  });

  it.each([...HELD, ...held])(
    "%s is held, says why, loses nothing and heals",
    async (_name, answer, code, sentence) => {
      const before = await live();
      await spoil(path, answer);

      const spoiled = await run();

      expect(spoiled).toMatchObject({ state: "held", error: { code } });
      expect(spoiled.error?.message).toMatch(sentence);
      expect(await live()).toEqual(before);

      await heal();
      expect(await run()).toMatchObject({ state: "unchanged" });
      expect(await live()).toEqual(before);
    },
  );

  it("a drip fails at the feed's own limit, loses nothing and heals", async () => {
    const before = await live();
    await limit({ maxMinutes: 0.05 });
    await spoil(path, DRIP);

    const failed = await run();

    expect(failed).toMatchObject({ state: "failed", error: { code: "upstream_unavailable" } });
    expect(failed.error?.message).toMatch(/longer than 3 seconds/);
    expect(await live()).toEqual(before);

    await heal();
    await limit({});
    expect(await run()).toMatchObject({ counts: { added: 0, removed: 0 } });
  });
});
