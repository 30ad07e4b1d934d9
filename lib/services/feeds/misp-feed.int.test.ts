import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { feedPreviewSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { previewFeed } from "./preview-feed";
import { rollBackRun } from "./roll-back-run";
import { makeDesk, steer } from "./testing/sandbox-feed";
import { updateFeed } from "./update-feed";

useTestDatabase();
let sandbox: Sandbox;
let control: ReturnType<typeof steer>;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  control = steer(sandbox);
});
afterAll(() => sandbox.close());

let team: TestTeam;
let actor: Awaited<ReturnType<typeof makeActor>>;
let desk: ReturnType<typeof makeDesk>;
beforeEach(async () => {
  await control.call("POST", "/reset");
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  desk = makeDesk(team, actor);
});

const addFeed = (misp: object = {}) =>
  desk.add({ kind: "misp-feed", url: `${sandbox.url}/feeds/misp/`, misp });
const valuesOf = (rows: readonly { value: string }[]): string[] => rows.map(({ value }) => value);
/** The paths of the events in either version, by what the second does with them. */
const pathsOf = async () => {
  const read = async (version: number): Promise<Record<string, { timestamp: number }>> => {
    await control.call("POST", "/feeds/misp", { version });
    return (await (await fetch(`${sandbox.url}/feeds/misp/manifest.json`)).json()) as Record<
      string,
      { timestamp: number }
    >;
  };
  const [second, first] = [await read(2), await read(1)];
  await control.asked();
  const path = (uuid: string): string => `/feeds/misp/${uuid}.json`;
  return {
    changed: Object.keys(first)
      .filter((uuid) => second[uuid] && second[uuid].timestamp !== first[uuid]?.timestamp)
      .map(path),
    added: Object.keys(second)
      .filter((uuid) => !first[uuid])
      .map(path),
  };
};

describe("a MISP feed", () => {
  it("brings attributes, objects and composites in with their context, and leaves out the rest with reasons", async () => {
    const feed = await addFeed();

    const done = await desk.run(feed);

    expect(done).toMatchObject({ state: "succeeded", extent: "full", error: null, noteCount: 0 });
    expect(done.counts).toMatchObject({
      lines: 26,
      values: 27,
      added: 23,
      active: 23,
      excluded: 0,
      rejected: 4,
    });
    expect(done.rejectedByReason).toEqual({ unsupported_type: 4 });
    const rows = await desk.live(feed);
    expect(rows.find(({ value }) => value === "loader.example-sluice-demo.com")).toMatchObject({
      comment: "first stage",
      tlp: 2,
      tags: expect.arrayContaining(['misp:confidence-level="usually-confident"']) as string[],
      context: {
        origin: { info: "Demo: loader campaign with changing delivery hosts", org: "Sluice Demo CERT" },
      },
    });
    expect(rows.find(({ value }) => value === "45.155.249.32")).toMatchObject({ context: { port: 8443 } });
    expect(rows.find(({ value }) => value === "45.155.249.41")).toMatchObject({ tlp: 5 });
  });

  it("asks for no event while nothing changed, and only for those that did", async () => {
    const { changed, added } = await pathsOf();
    const feed = await addFeed();
    await desk.run(feed);
    expect(await control.asked()).toHaveLength(4);

    expect(await desk.run(feed)).toMatchObject({ state: "unchanged" });
    expect(await control.asked()).toEqual(["/feeds/misp/manifest.json"]);

    await control.call("POST", "/feeds/misp", { version: 2 });
    const done = await desk.run(feed);

    expect((await control.asked()).sort()).toEqual(
      ["/feeds/misp/manifest.json", ...changed, ...added].sort(),
    );
    // Gone: an event with six values, one attribute deleted, one revoked, one no longer meant for detection.
    expect(done).toMatchObject({
      state: "succeeded",
      counts: { added: 4, changed: 0, removed: 9, unchanged: 14 },
    });
    expect(done.excludedByReason).toEqual({ not_to_ids: 1 });
    const values = valuesOf(await desk.live(feed));
    expect(values).toContain("relay.example-sluice-demo.com");
    expect(values).not.toContain("stage2.loader.example-sluice-demo.com");
    expect(values).not.toContain("mail-login.example-sluice-demo.net");
  });

  it("notes an event that cannot be had, keeps what it knew of it, and heals", async () => {
    const { changed } = await pathsOf();
    const feed = await addFeed();
    await desk.run(feed);
    await control.call("POST", "/feeds/misp", { version: 2 });
    await control.call("POST", "/faults", {
      match: { path: changed[0] },
      times: 1,
      status: 404,
      body: "gone",
    });

    const done = await desk.run(feed);

    expect(done).toMatchObject({ state: "succeeded", noteCount: 1, counts: { added: 3 } });
    expect(done.notes[0]?.message).toContain("Its earlier version stays. It is tried again at the next run.");
    expect(valuesOf(await desk.live(feed))).toContain("stage2.loader.example-sluice-demo.com");

    await control.asked();
    const healed = await desk.run(feed);
    expect(healed).toMatchObject({ state: "succeeded", noteCount: 0 });
    expect(await control.asked()).toEqual(["/feeds/misp/manifest.json", changed[0]]);
    expect(valuesOf(await desk.live(feed))).toContain("relay.example-sluice-demo.com");
  });

  it("says so, too, when all that it could have is what it had", async () => {
    const feed = await addFeed();
    await desk.run(feed);
    const { changed } = await pathsOf();
    await control.call("POST", "/feeds/misp", { version: 2 });
    await desk.run(feed);
    await control.call("POST", "/feeds/misp", { version: 1 });
    // The second event is back, the first was changed again; neither can be read.
    await control.call("POST", "/faults", {
      match: { path: "/feeds/misp/*-*.json" },
      times: null,
      status: 404,
      body: "",
    });

    const done = await desk.run(feed);

    expect(done.noteCount).toBeGreaterThan(0);
    expect(done.notes.map(({ subject }) => subject).join()).toContain(changed[0]?.slice(12, 48));
  });

  it("fails, and removes nothing, when none of its events can be had", async () => {
    await control.call("POST", "/faults", {
      match: { path: "/feeds/misp/*-*.json" },
      times: null,
      status: 404,
      body: "",
    });
    const feed = await addFeed();

    const failed = await desk.run(feed);

    expect(failed).toMatchObject({ state: "failed" });
    expect(failed.error?.message).toContain("none of its events (3 asked for)");
  });

  it("fails for a web page in the manifest's place", async () => {
    const feed = await addFeed();
    await desk.run(feed);
    await control.call("POST", "/faults", {
      match: { path: "/feeds/misp/manifest.json" },
      status: 200,
      headers: { "content-type": "text/html" },
      body: "<!doctype html><html><body>Sign in</body></html>",
    });

    const failed = await desk.run(feed);

    expect(failed).toMatchObject({ state: "failed" });
    expect(failed.error?.message).toContain("a web page instead of data");
    expect(await desk.live(feed)).toHaveLength(23);
    expect(await desk.run(feed)).toMatchObject({ state: "unchanged" });
  });

  it("reads what it has by other filters without asking for the events again", async () => {
    const feed = await addFeed();
    await desk.run(feed);
    await control.asked();
    await updateFeed(actor, feed, {
      misp: {
        ...feed.misp,
        tags: { allow: [], block: ["tlp:red"] },
        types: { allow: ["ip-%", "domain%"], block: [] },
      },
    });

    const done = await desk.run(feed);

    expect(await control.asked()).toEqual(["/feeds/misp/manifest.json"]);
    expect(done.excludedByReason).toEqual({ filtered_type: 20, filtered_tag: 1 });
    expect(valuesOf(await desk.live(feed))).toEqual([
      "45.155.249.31",
      "45.155.249.32",
      "45.155.249.40",
      "loader.example-sluice-demo.com",
      "mail-login.example-sluice-demo.net",
      "mx.mail-login.example-sluice-demo.net",
    ]);
  });

  it("goes back to an earlier version, holds the one that was left, and takes the next", async () => {
    const feed = await addFeed();
    await desk.run(feed);
    await control.call("POST", "/feeds/misp", { version: 2 });
    const second = await desk.run(feed);
    await rollBackRun(actor, second);
    expect(await desk.live(feed)).toHaveLength(23);

    expect(await desk.run(feed)).toMatchObject({ state: "held" });

    await control.call("POST", "/feeds/misp", { version: 1 });
    expect((await desk.run(feed)).state).not.toBe("failed");
    expect(await desk.live(feed)).toHaveLength(23);
  });

  it("is previewed with reasons, and read by other filters without asking again", async () => {
    const preview = (changes: object) =>
      previewFeed(
        team.id,
        feedPreviewSchema.parse({
          team: team.slug,
          kind: "misp-feed",
          url: `${sandbox.url}/feeds/misp/`,
          ...changes,
        }),
      );

    const first = await preview({});
    expect(first).toMatchObject({ isWhole: true, counts: { indicators: 23, rejected: 4 } });
    await control.asked();
    const again = await preview({ previewId: first.previewId, misp: { maxAgeDays: 1 } });

    expect(again.counts).toMatchObject({ indicators: 0 });
    expect(again.counts.excludedByReason).toEqual({ too_old: 26 });
    expect(await control.asked()).toEqual([]);
  });
});
