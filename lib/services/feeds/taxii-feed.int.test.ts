import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import { asTeam } from "@/lib/db/scope";
import { feedPreviewSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { listRejections } from "./list-runs";
import { previewFeed } from "./preview-feed";
import { makeDesk, steer } from "./testing/sandbox-feed";

useTestDatabase();

let sandbox: Sandbox;
let team: TestTeam;
let desk: ReturnType<typeof makeDesk>;
let control: ReturnType<typeof steer>["call"];
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  control = steer(sandbox).call;
  team = await makeTeam();
  desk = makeDesk(team, await makeActor([[team, "owner"]]));
});
afterAll(async () => {
  delete process.env["SANDBOX_URL"];
  await sandbox.close();
});
beforeEach(async () => {
  await control("POST", "/reset");
});

const journalSchema = z.object({ requests: z.array(z.object({ query: z.unknown() })) });
/** The queries of the requests for objects since the last look. */
const asked = async (): Promise<string[]> => {
  const { requests } = journalSchema.parse(await control("GET", "/journal?path=*/objects/"));
  await control("DELETE", "/journal");
  return requests.map(({ query }) => JSON.stringify(query));
};

const url = (): string => `${sandbox.url}/feeds/taxii2/`;
const addFeed = (more: object = {}) => desk.add({ kind: "taxii", url: url(), ...more });
const run = (feed: { id: string; teamId: string }) => desk.run(feed);

type Live = {
  value: string;
  confidence: number;
  tlp: number;
  tags: string[];
  comment: string;
  context: unknown;
};
const live = (feed: { id: string }): Promise<Live[]> =>
  asTeam(
    team.id,
    (tx) => tx.$queryRaw`
      SELECT i.value, a.confidence, a.tlp, a.tags, a.comment, a.context FROM attribution a
      JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${feed.id}::uuid AND a.until_generation IS NULL ORDER BY a.line`,
  );

const indicator = (name: string, more: Record<string, unknown> = {}) => ({
  type: "indicator",
  spec_version: "2.1",
  id: `indicator--${randomUUID()}`,
  created: new Date().toISOString(),
  modified: new Date().toISOString(),
  pattern: `[domain-name:value = '${name}.example-sluice-demo.com']`,
  pattern_type: "stix",
  valid_from: new Date().toISOString(),
  ...more,
});

describe("a TAXII feed", () => {
  it("reads a collection to its end, with confidence, TLP and tags; what is revoked is not there", async () => {
    const feed = await addFeed();

    const done = await run(feed);

    expect(done).toMatchObject({ state: "succeeded", extent: "full", error: null, notes: [] });
    expect(done.counts).toMatchObject({ lines: 59, values: 59, added: 59, active: 59 });
    expect((await live(feed))[0]).toMatchObject({
      value: "taxii-01.example-sluice-demo.com",
      confidence: 60,
      tlp: 2,
      tags: ["sluice-demo"],
      comment: "Demo indicator 1",
    });
  });

  it("then asks only for what was added, carries the rest forward, and ends what was revoked", async () => {
    const feed = await addFeed();
    await run(feed);
    await asked();

    // Nothing new: the same bytes.
    expect(await run(feed)).toMatchObject({ state: "unchanged", counts: { active: 59 } });
    const queries = await asked();
    expect(queries).toHaveLength(1);
    expect(queries[0]).toContain("added_after");
    expect(queries[0]).toContain("2026-10-15T17:50:00.000Z");
    // Nor anything else than last time: not even put together again.
    expect(await run(feed)).toMatchObject({ state: "unchanged", httpStatus: 304 });

    const stays = indicator("stays");
    const goes = indicator("goes");
    await control("POST", "/feeds/taxii", { objects: [stays, goes] });
    const grown = await run(feed);
    expect(grown).toMatchObject({ state: "succeeded", extent: "delta" });
    expect(grown.counts).toMatchObject({ added: 2, unchanged: 59, removed: 0, active: 61 });

    await control("POST", "/feeds/taxii", {
      objects: [
        { ...goes, modified: new Date(Date.now() + 1_000).toISOString(), revoked: true },
        { ...stays, modified: new Date(Date.now() + 1_000).toISOString(), confidence: 95 },
      ],
    });
    const changed = await run(feed);
    expect(changed).toMatchObject({ state: "succeeded", extent: "delta" });
    expect(changed.counts).toMatchObject({ added: 0, changed: 1, removed: 1, active: 60 });
    const values = await live(feed);
    expect(values.find(({ value }) => value.startsWith("stays"))).toMatchObject({ confidence: 95 });
    expect(values.some(({ value }) => value.startsWith("goes"))).toBe(false);
  });

  it("reads patterns of all kinds, says who made what, and why it leaves the others out", async () => {
    await control("PUT", "/switches", { taxiiCollections: "two-readable" });
    const feed = await addFeed({ taxii: { collection: "Mixed objects", minConfidence: 20 } });

    const done = await run(feed);

    expect(done).toMatchObject({
      state: "succeeded",
      rejectedByReason: { unsupported_pattern: 3, unsupported_type: 1 },
      excludedByReason: { ended: 1, low_confidence: 1 },
    });
    const values = await live(feed);
    expect(values.map(({ value }) => value)).toEqual([
      "one.example-sluice-demo.net",
      "two.example-sluice-demo.net",
      "http://three.example-sluice-demo.net/",
      "lure@three.example-sluice-demo.net",
      "45.155.250.0/24",
      "http://four.example-sluice-demo.net/it's",
      expect.stringMatching(/^[\da-f]{40}$/),
      "old.example-sluice-demo.net",
    ]);
    expect(values[0]).toMatchObject({ tlp: 4, context: { origin: { org: "Sluice Demo CERT" } } });
    const reasons = (await listRejections(done, { limit: 10, after: 0 })).map(({ reason }) => reason);
    expect(reasons).toContain("It asks for values one after the other (FOLLOWEDBY).");
  });

  it("asks which collection is meant when there are several", async () => {
    await control("PUT", "/switches", { taxiiCollections: "two-readable" });
    const feed = await addFeed();

    expect((await run(feed)).error?.message).toContain("has 2 collections to read: “Demo indicators”");
  });

  it.each(["same-mark", "same-page"])(
    "is stopped, and keeps what it has, when the server pages without end: %s",
    async (taxiiNext) => {
      const feed = await addFeed();
      await run(feed);
      await control("PUT", "/switches", { taxiiNext });
      await control("POST", "/feeds/taxii", { objects: [indicator("late")] });

      const failed = await run(feed);

      expect(failed.state).toBe("failed");
      expect(failed.error?.message).toContain("do not come to an end");
      expect(await live(feed)).toHaveLength(59);
      expect((await asked()).length).toBeLessThan(10);

      await control("PUT", "/switches", { taxiiNext: "ends" });
      expect(await run(feed)).toMatchObject({
        state: "succeeded",
        counts: { added: 1, removed: 0, active: 60 },
      });
    },
  );

  it("goes by the date of the last object when the server gives no mark", async () => {
    await control("PUT", "/switches", { taxiiNext: "by-date" });

    expect((await run(await addFeed())).counts).toMatchObject({ added: 59 });
  });

  it("waits as long as a busy server asks, and goes on", async () => {
    await control("POST", "/faults", {
      match: { path: "*/objects/" },
      skip: 1,
      status: 429,
      headers: { "retry-after": "3" },
    });
    const startedAt = performance.now();

    expect((await run(await addFeed())).counts).toMatchObject({ added: 59 });
    expect(performance.now() - startedAt).toBeGreaterThan(3_000);
  });

  it("does not wait for a server that asks for more than a minute", async () => {
    await control("POST", "/faults", {
      match: { path: "*/objects/" },
      times: null,
      status: 503,
      headers: { "retry-after": "90" },
    });

    expect(await run(await addFeed())).toMatchObject({ state: "failed", httpStatus: 503 });
    expect(await asked()).toHaveLength(1);
  });

  it("is previewed without reading more than is needed", async () => {
    const preview = await previewFeed(
      team.id,
      feedPreviewSchema.parse({ team: team.slug, kind: "taxii", url: url() }),
    );

    expect(preview).toMatchObject({ isWhole: true, counts: { indicators: 59 } });
    expect(preview.rows[0]?.indicators).toEqual([
      { type: "domain", value: "taxii-01.example-sluice-demo.com", note: null },
    ]);
  });
});
