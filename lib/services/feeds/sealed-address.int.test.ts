import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema, feedPreviewSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { exportFeeds } from "./export-feeds";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { previewSavedFeed } from "./preview-saved-feed";
import { runFeedNow } from "./queue-run";
import { updateFeed } from "./update-feed";

const server = useFeedServer();
const { asOwner } = useTestDatabase();

const KEY = "k3y-of-this-feed";
let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  team = await makeTeam("Team A");
  actor = await makeActor([[team, "owner"]]);
  server.serve("45.155.205.7\n");
});

const inputOf = (url: string, changes: object = {}) => ({ team: team.slug, kind: "csv", url, ...changes });
const add = (name: string, query = `?type=csv&apikey=${KEY}`) =>
  createFeed(actor, team.id, feedCreateSchema.parse(inputOf(`${server.address()}${query}`, { name })));
const run = async (feed: { id: string; teamId: string }) => {
  const { id } = await runFeedNow(actor, feed);
  await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
  return getRun(actor, id);
};
const asked = (): string | undefined => server.requests.at(-1)?.url;

describe("a key in the address of a feed", () => {
  it("is sealed, stands nowhere, and is sent where it stood", async () => {
    const feed = await add("Sealed");

    expect(feed.url).toBe(`${server.address()}?type=csv&apikey={sealed}`);
    const texts = await asOwner(async (client) => {
      const { rows } = await client.query<{ text: string }>(
        "SELECT f::text AS text FROM feed f UNION ALL SELECT a::text FROM audit_entry a",
      );
      return rows.map(({ text }) => text).join("\n");
    });
    expect(texts).toContain("Sealed");
    expect(texts).not.toContain(KEY);
    expect(await run(feed)).toMatchObject({ state: "succeeded" });
    expect(asked()).toContain(`?type=csv&apikey=${KEY}`);
    expect(JSON.stringify(await exportFeeds(actor, team.id, "sluice"))).not.toContain(KEY);
  });

  it("stays while the rest of the address or the sign-in changes", async () => {
    const feed = await add("Changed around it");

    await updateFeed(actor, feed, { url: `${server.address()}?type=text&apikey={sealed}` });
    await updateFeed(actor, feed, { headers: { "X-Api": "1" }, auth: { type: "none" } });

    await run(feed);
    expect(asked()).toContain(`?type=text&apikey=${KEY}`);
    await previewSavedFeed(feed, feedPreviewSchema.parse(inputOf(`${server.address()}?apikey={sealed}`)));
    expect(asked()).toContain(`?apikey=${KEY}`);
  });

  it("is another one when another is written, and none when it is left out", async () => {
    const feed = await add("Another key");

    expect((await updateFeed(actor, feed, { url: `${server.address()}?apikey=second` })).url).toContain(
      "{sealed}",
    );
    await run(feed);
    expect(asked()).toContain("?apikey=second");

    await updateFeed(actor, feed, { url: `${server.address()}?type=csv` });
    await expect(
      updateFeed(actor, feed, { url: `${server.address()}?apikey={sealed}` }),
    ).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ pointer: "/url" }],
    });
  });

  it("goes to no other host, not even with a new sign-in", async () => {
    const feed = await add("Kept home");
    const url = `${server.address().replace("127.0.0.1", "localhost")}?apikey={sealed}`;
    const given = { headers: {}, auth: { type: "none" } } as const;
    const count = server.requests.length;

    for (const attempt of [
      () => updateFeed(actor, feed, { url }),
      () => updateFeed(actor, feed, { url, ...given }),
      () => previewSavedFeed(feed, feedPreviewSchema.parse(inputOf(url))),
      () => previewSavedFeed(feed, feedPreviewSchema.parse(inputOf(url)), given),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: "invalid_input", fields: [{ pointer: "/url" }] });
    expect(server.requests).toHaveLength(count);
  });

  it("has to be given with a new feed", async () => {
    await expect(add("Never given", "?apikey={sealed}")).rejects.toMatchObject({ code: "invalid_input" });
  });
});
