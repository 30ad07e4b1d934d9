import { beforeEach, describe, expect, it } from "vitest";

import { makeAttributes, useMispStandIn } from "../testing/misp-stand-in";
import { contextOf, readWhole } from "../testing/site";
import { collectMispServer } from "./collect";

const { site, state, searches, serve } = useMispStandIn();
const NIGHT = new Date("2026-11-21T12:00:00Z");
const ALL = 7_500;
const pageOf = (body: string): number => (JSON.parse(body) as { page: number }).page;

beforeEach(() => {
  state.attributes = makeAttributes(ALL);
  serve();
});
const readAtNight = async () => {
  const { previous } = await readWhole(await collectMispServer(contextOf(site.url("/misp"))));
  searches.length = 0;
  return async () =>
    readWhole(await collectMispServer(contextOf(site.url("/misp"), { previous, now: NIGHT })));
};

describe("a full list of a MISP server that lacks thousands of what was there", () => {
  it("fails when the server still has them: a page that came empty is no end", async () => {
    const read = await readAtNight();
    state.answer = (path, body) =>
      path.endsWith("restSearch") && !body.includes('"uuid"') && pageOf(body) > 1
        ? { body: JSON.stringify({ response: [] }) }
        : null;

    await expect(read()).rejects.toMatchObject({
      code: "upstream_unavailable",
      retry: "later",
      message: expect.stringContaining("ended before its time") as string,
    });
  });

  it("asks for some of all that it lacks: those that are gone do not hide an end before its time", async () => {
    state.attributes = makeAttributes(14_000);
    const read = await readAtNight();
    state.attributes = state.attributes.slice(6_000);
    state.answer = (path, body) =>
      path.endsWith("restSearch") && !body.includes('"uuid"')
        ? { body: JSON.stringify({ response: [] }) }
        : null;

    await expect(read()).rejects.toMatchObject({ code: "upstream_unavailable" });
    const [asked] = searches.flatMap(({ uuid }) => (uuid === undefined ? [] : [uuid]));
    expect(asked?.length).toBeGreaterThan(100);
    expect(asked?.length).toBeLessThanOrEqual(200);
  });

  it("is taken as it is when they are gone, at the cost of one question", async () => {
    const read = await readAtNight();
    state.attributes = makeAttributes(1_500);

    expect((await read()).lines).toHaveLength(1_500);
    expect(searches.filter(({ uuid }) => uuid !== undefined)).toHaveLength(1);
  });
});
