import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema, feedPreviewSchema, type FeedCreate } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { ingestRun } from "./ingest-run";
import { getRun, listRejections } from "./list-runs";
import { previewFeed } from "./preview-feed";
import { proposeJsonSettings } from "./propose-json-settings";
import { runFeedNow } from "./queue-run";

useTestDatabase();
const server = useFeedServer();

let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const workerId = randomUUID();
const run = async (feed: { id: string; teamId: string }) => {
  const { id } = await runFeedNow(actor, feed);
  await ingestRun(id, { workerId, signal: new AbortController().signal });
  return getRun(actor, id);
};

const inputFor = (json: Partial<FeedCreate["json"]>) => ({
  team: team.slug,
  name: `Feed ${randomUUID()}`,
  kind: "json" as const,
  url: server.address(),
  json,
});
const addFeed = (json: Partial<FeedCreate["json"]>) =>
  createFeed(actor, team.id, feedCreateSchema.parse(inputFor(json)));

type Live = { value: string; confidence: number; tlp: number; tags: string[]; threatType: string };
const live = (feed: { id: string }): Promise<Live[]> =>
  asTeam(
    team.id,
    (tx) => tx.$queryRaw`
      SELECT i.value, a.confidence, a.tlp, a.tags, a.threat_type AS "threatType" FROM attribution a
      JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${feed.id}::uuid AND a.until_generation IS NULL ORDER BY a.line`,
  );

const items = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ioc_value: `json${String(index)}.example-sluice-demo.com`,
    ioc_type: "domain",
    confidence_level: 75,
    threat_type: "botnet_cc",
    tags: ["emotet", "tlp:green"],
  }));
const PATHS = {
  list: "data",
  value: "ioc_value",
  fields: { type: "ioc_type", confidence: "confidence_level", threatType: "threat_type", tags: "tags" },
};

describe("a JSON feed", () => {
  it("brings the items of the list in, with every field, and costs a bad one only itself", async () => {
    const [first, ...rest] = items(12);
    server.serve(
      JSON.stringify({ query_status: "ok", data: [first, { ioc_value: "no value" }, {}, ...rest] }),
    );
    const feed = await addFeed(PATHS);

    const done = await run(feed);

    expect(done).toMatchObject({ state: "succeeded", rejectedByReason: { not_an_indicator: 1, empty: 1 } });
    expect(done.counts).toMatchObject({ lines: 14, values: 14, added: 12, rejected: 2 });
    expect((await live(feed))[0]).toEqual({
      value: "json0.example-sluice-demo.com",
      confidence: 75,
      tlp: 2,
      tags: ["emotet"],
      threatType: "botnet_cc",
    });
    expect(await listRejections(done, { limit: 1, after: 0 })).toMatchObject([
      { line: 2, raw: '{"ioc_value":"no value"}' },
    ]);
  });

  it("reads line-delimited JSON", async () => {
    server.serve(
      items(5)
        .map((item) => JSON.stringify(item))
        .join("\n"),
    );

    expect((await run(await addFeed({ ...PATHS, isLines: true }))).counts).toMatchObject({
      lines: 5,
      added: 5,
    });
  });

  it("fails on a document that is broken, with a sentence, and loses nothing", async () => {
    server.serve(JSON.stringify({ data: items(10) }));
    const feed = await addFeed(PATHS);
    await run(feed);
    server.serve(JSON.stringify({ data: items(10) }).slice(0, -200));

    const failed = await run(feed);

    expect(failed.state).toBe("failed");
    expect(failed.error?.message).toMatch(/^The answer is no whole JSON document: it ends after/);
    expect(await live(feed)).toHaveLength(10);
    server.serve(JSON.stringify({ data: items(11) }));
    expect(await run(feed)).toMatchObject({ state: "succeeded", counts: { added: 1, removed: 0 } });
  });

  it.each([
    ["web_page", "<!doctype html><html><body>Sign in</body></html>"],
    ["empty", ""],
    ["empty", '{"data": []}'],
  ])("is held by the guard %s as every list is", async (code, body) => {
    server.serve(JSON.stringify({ data: items(10) }));
    const feed = await addFeed(PATHS);
    await run(feed);
    server.serve(body);

    expect(await run(feed)).toMatchObject({ state: "held", error: { code } });
    expect(await live(feed)).toHaveLength(10);
  });

  it("proposes its paths from what a preview has fetched", async () => {
    server.serve(JSON.stringify({ data: items(3) }));
    const input = feedPreviewSchema.parse(inputFor({}));
    const preview = await previewFeed(team.id, input);

    expect(await proposeJsonSettings(team.id, preview.previewId, input)).toMatchObject({
      isLines: false,
      ...PATHS,
    });

    const mapped = feedPreviewSchema.parse({ ...inputFor(PATHS), previewId: preview.previewId });
    expect(await previewFeed(team.id, mapped)).toMatchObject({
      counts: { indicators: 3, byType: { domain: 3 } },
    });
  });

  it("shows in a preview where a document breaks, and what it may be instead", async () => {
    server.serve(
      items(3)
        .map((item) => JSON.stringify(item))
        .join("\n"),
    );
    const input = feedPreviewSchema.parse(inputFor({}));

    const { rows, counts, previewId } = await previewFeed(team.id, input);

    expect(counts.rejectedByReason).toEqual({ not_an_indicator: 1, broken_document: 1 });
    expect(rows.at(-1)?.rejected[0]?.reason).toContain("there is more after");
    expect(await proposeJsonSettings(team.id, previewId, input)).toMatchObject({
      isLines: true,
      value: "ioc_value",
    });
  });
});
