import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema, feedPreviewSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { checkFeed, checkFeedChange, checkSavedFeed } from "./check-feed";
import { createFeed } from "./create-feed";
import { exportFeeds } from "./export-feeds";
import { getFeed } from "./get-feed";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { previewFeedChange, previewSavedFeed } from "./preview-saved-feed";
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
const NO_SIGN_IN = { headers: {}, auth: { type: "none" } } as const;
/** Everything that a table holds, as one text. */
const textsOf = (table: "feed" | "audit_entry"): Promise<string> =>
  asOwner(async (client) => {
    const { rows } = await client.query<{ text: string }>(`SELECT r::text AS text FROM ${table} r`);
    return rows.map(({ text }) => text).join("\n");
  });
const asked = (): string | undefined => server.requests.at(-1)?.url;

describe("a key in the address of a feed", () => {
  it("is sealed, stands nowhere, and is sent where it stood", async () => {
    const feed = await add("Sealed");

    expect(feed.url).toBe(`${server.address()}?type=csv&apikey={sealed}`);
    const texts = `${await textsOf("feed")}\n${await textsOf("audit_entry")}`;
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

  it("is changed alone, as everybody changes it", async () => {
    const feed = await add("Rotated");

    await updateFeed(actor, feed, { url: `${server.address()}?type=csv&apikey=rotated` });

    await run(feed);
    expect(asked()).toContain("?type=csv&apikey=rotated");
  });

  it("is filled in for a test of the connection, and told by none", async () => {
    const feed = await add("Tested");

    const { ok } = await checkSavedFeed(feed, feedPreviewSchema.parse(inputOf(feed.url ?? "")), NO_SIGN_IN);

    expect(ok).toBe(true);
    expect(asked()).toContain(`apikey=${KEY}`);
    await expect(checkFeed(feedPreviewSchema.parse(inputOf(feed.url ?? "")))).rejects.toMatchObject({
      code: "invalid_input",
    });
  });

  it("and a sign-in are not sent unchecked before that is saved", async () => {
    const feed = await add("Unchecked");
    const tls = { caPem: null, isInsecure: true };
    const count = server.requests.length;

    await expect(checkFeedChange(feed, { tls })).rejects.toMatchObject({
      fields: [{ pointer: "/tls/isInsecure" }],
    });
    await expect(previewFeedChange(feed, { tls })).rejects.toMatchObject({ code: "invalid_input" });
    const caPem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    await expect(
      previewSavedFeed(feed, {
        ...feedPreviewSchema.parse(inputOf(feed.url ?? "")),
        tls: { caPem, isInsecure: false },
      }),
    ).rejects.toMatchObject({
      fields: [{ pointer: "/tls/caPem" }],
    });
    expect(server.requests).toHaveLength(count);
  });

  it("of a feed that two people change at once goes to no address but its own", async () => {
    const feed = await add("Two at once");
    const elsewhere = `${server.address().replace("127.0.0.1", "localhost")}?apikey=of-elsewhere`;

    await Promise.all([
      updateFeed(actor, feed, {
        url: elsewhere,
        headers: {},
        auth: { type: "bearer", token: "of-elsewhere" },
      }),
      ...Array.from({ length: 8 }, (_, place) =>
        updateFeed(actor, feed, { name: `Renamed ${String(place)}` }),
      ),
    ]);

    expect((await getFeed(actor, feed.id)).url).toBe(elsewhere.replace("of-elsewhere", "{sealed}"));
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
    const count = server.requests.length;

    for (const attempt of [
      () => updateFeed(actor, feed, { url }),
      () => updateFeed(actor, feed, { url, ...NO_SIGN_IN }),
      () => previewSavedFeed(feed, feedPreviewSchema.parse(inputOf(url))),
      () => previewSavedFeed(feed, feedPreviewSchema.parse(inputOf(url)), NO_SIGN_IN),
    ])
      await expect(attempt()).rejects.toMatchObject({ code: "invalid_input", fields: [{ pointer: "/url" }] });
    expect(server.requests).toHaveLength(count);
  });

  it("and the address itself cannot be taken away from a feed that is fetched", async () => {
    await expect(updateFeed(actor, await add("No address"), { url: null })).rejects.toMatchObject({
      fields: [{ pointer: "/url" }],
    });
  });

  it("has to be given with a new feed", async () => {
    await expect(add("Never given", "?apikey={sealed}")).rejects.toMatchObject({ code: "invalid_input" });
  });
});
