import { randomUUID } from "node:crypto";

import { beforeAll, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema, feedPreviewSchema, feedSettingsSchema } from "@/lib/domain/feed/feed";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { ingestRun } from "./ingest-run";
import { previewFeed } from "./preview-feed";
import { previewFeedChange, previewSavedFeed } from "./preview-saved-feed";
import { proposeSettings } from "./propose-settings";
import { runFeedNow } from "./queue-run";

const server = useFeedServer();
useTestDatabase();

let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  team = await makeTeam("Team A");
  actor = await makeActor([[team, "analyst"]]);
});

const SECRETS = { auth: { type: "bearer", token: "seven" }, headers: { "X-Api-Key": "eight" } } as const;
const inputOf = (changes: object = {}) => ({
  team: team.slug,
  kind: "csv",
  url: server.address(),
  ...changes,
});
const saveWithSecrets = (name: string) =>
  createFeed(actor, team.id, feedCreateSchema.parse(inputOf({ name, ...SECRETS })));

describe("the preview of a saved feed", () => {
  it("signs in as the feed does, though the form holds no secret", async () => {
    const feed = await saveWithSecrets("Signed in");
    server.serve("45.155.205.7\n");

    const preview = await previewSavedFeed(feed, feedPreviewSchema.parse(inputOf()));

    expect(preview.counts.indicators).toBe(1);
    expect(server.requests.at(-1)?.headers).toMatchObject({
      authorization: "Bearer seven",
      "x-api-key": "eight",
    });
  });

  it("sends what is stored to no other host", async () => {
    const feed = await saveWithSecrets("Kept home");
    const url = server.address().replace("127.0.0.1", "localhost");
    const asked = server.requests.length;

    await expect(previewSavedFeed(feed, feedPreviewSchema.parse(inputOf({ url })))).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ pointer: "/url" }],
    });
    expect(server.requests).toHaveLength(asked);
  });

  it("does not count as known what the feed itself vouches for", async () => {
    const feed = await createFeed(actor, team.id, feedCreateSchema.parse(inputOf({ name: "By itself" })));
    server.serve("45.155.205.91\n45.155.205.92\n");
    const { id } = await runFeedNow(actor, feed);
    await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
    await addLocalIndicators(actor, { ...team, role: "analyst" }, [{ value: "45.155.205.92" }]);

    expect((await previewSavedFeed(feed, feedPreviewSchema.parse(inputOf()))).counts.known).toBe(1);
    expect((await previewFeed(team.id, feedPreviewSchema.parse(inputOf()))).counts.known).toBe(2);
  });

  it("knows no feed of another team", async () => {
    const feed = await saveWithSecrets("Not yours");
    const other = await makeTeam("Team B");

    await expect(
      previewSavedFeed({ id: feed.id, teamId: other.id }, feedPreviewSchema.parse(inputOf())),
    ).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("the preview of a change", () => {
  it("is of the feed as saved where the change says nothing, and stores nothing", async () => {
    const feed = await saveWithSecrets("As it is");
    server.serve("when;value\n2026-11-24;45.155.205.7\n");

    const asSaved = await previewFeedChange(feed, {});
    const { previewId } = asSaved;
    const asked = server.requests.length;
    const csv = feedPreviewSchema.parse(inputOf({ csv: { delimiter: ";", valueColumns: [2] } })).csv;
    const changed = await previewFeedChange(feed, { csv, previewId });

    expect(asSaved.counts.indicators).toBe(0);
    expect(changed.counts.indicators).toBe(1);
    expect(server.requests).toHaveLength(asked);
    expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: "Bearer seven" });
  });

  it("uses what is given anew beside what is stored, and keeps the stored from another host", async () => {
    const feed = await saveWithSecrets("Half anew");
    await previewFeedChange(feed, { headers: { "X-Api-Key": "nine" } });
    expect(server.requests.at(-1)?.headers).toMatchObject({
      authorization: "Bearer seven",
      "x-api-key": "nine",
    });

    const url = server.address().replace("127.0.0.1", "localhost");
    await expect(previewFeedChange(feed, { url, headers: {} })).rejects.toMatchObject({
      fields: [{ pointer: "/url" }],
    });
  });

  it("is refused for a team's own list, which is not fetched", async () => {
    const feed = { ...(await saveWithSecrets("Own")), url: null, kind: "local" } as const;
    await expect(previewFeedChange(feed, {})).rejects.toThrow("not fetched");
  });
});

describe("a proposal", () => {
  const propose = async (body: string) => {
    server.serve(body);
    const { previewId } = await previewFeed(team.id, feedPreviewSchema.parse(inputOf()));
    return proposeSettings(team.id, previewId, feedSettingsSchema.parse({}));
  };

  it("names the separator, the columns and a cell of each", async () => {
    const proposal = await propose(
      "when;value;note\n2026-11-24;45.155.205.7;seen\n2026-11-23;45.155.205.8;seen\n",
    );

    expect(proposal).toMatchObject({ delimiter: ";", header: true, valueColumns: [2] });
    expect(proposal?.found).toStrictEqual([
      { number: 1, name: "when", sample: "2026-11-24" },
      { number: 2, name: "value", sample: "45.155.205.7" },
      { number: 3, name: "note", sample: "seen" },
    ]);
  });

  it("is not made of a list with nothing in it", async () => {
    expect(await propose("# nothing today\n")).toBeNull();
  });
});
