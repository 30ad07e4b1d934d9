import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";

import { beforeAll, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema, feedPreviewSchema } from "@/lib/domain/feed/feed";
import { cleanUp } from "@/lib/services/scheduling/clean-up";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { zipOf } from "@/lib/testing/zip-file";

import { createFeed } from "./create-feed";
import { acceptRun } from "./decide-run";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { previewFeed } from "./preview-feed";
import { proposeSettings } from "./propose-settings";
import { runFeedNow } from "./queue-run";
import { updateFeed } from "./update-feed";
import { uploadFile } from "./upload-file";

const { asOwner } = useTestDatabase();

let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

async function* inPieces(body: Buffer): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.length; start += 100_000)
    yield await Promise.resolve(body.subarray(start, start + 100_000));
}

const upload = (body: Buffer | string, teamId = team.id) =>
  uploadFile(teamId, { bytes: inPieces(Buffer.from(body)), name: "list.csv", contentType: "text/csv" });

/** Addresses of 45.0.0.0/8, one a line. */
const addresses = (from: number, to: number): string =>
  Array.from(
    { length: to - from },
    (_, row) =>
      `45.${String((from + row) >> 16)}.${String(((from + row) >> 8) & 255)}.${String((from + row) & 255)}`,
  ).join("\n");

type Settings = { previewId: string; format?: string; zipEntry?: string; csv?: object };
const inputOf = (settings: Settings) => ({
  team: team.slug,
  kind: "upload",
  format: "freetext",
  ...settings,
});
const preview = (settings: Settings) => previewFeed(team.id, feedPreviewSchema.parse(inputOf(settings)));
const make = (settings: Settings) =>
  createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({ name: `Upload ${randomUUID()}`, ...inputOf(settings) }),
  );

const run = async (feed: { id: string; teamId: string }) => {
  const { id } = await runFeedNow(actor, feed);
  await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
  return getRun(actor, id);
};

const expire = (bodyId: string): Promise<unknown> =>
  asOwner((client) =>
    client.query("UPDATE body SET expires_at = now() - interval '1 second' WHERE id = $1", [bodyId]),
  );

const countOf = (table: "body" | "body_chunk", column: "id" | "body_id", bodyId: string): Promise<number> =>
  asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int FROM ${table} WHERE ${column} = $1`,
      [bodyId],
    );
    return rows[0]?.count ?? 0;
  });

describe("an uploaded file", () => {
  it("is looked at, becomes a feed, and a run brings its rows in", async () => {
    const { previewId, bytes } = await upload("value,note\n45.155.205.7,seen\nevil.example.com,too\n");
    const csv = { format: "csv", csv: { header: true, columns: { comment: "note" } } };

    expect(bytes).toBe(50);
    expect((await preview({ previewId, ...csv })).counts).toMatchObject({ lines: 2, indicators: 2 });

    const feed = await make({ previewId, ...csv });
    expect(feed).toMatchObject({ kind: "upload", everyMinutes: null, nextRunAt: null });
    expect(await run(feed)).toMatchObject({ state: "succeeded", counts: { added: 2 }, bytes: 50 });
    expect(await run(feed)).toMatchObject({ state: "unchanged", counts: { active: 2 } });

    await cleanUp();
    expect(await countOf("body_chunk", "body_id", previewId)).toBe(1);
    const audit = await asTeam(team.id, (tx) =>
      tx.auditEntry.findFirst({
        where: { teamId: team.id, action: "feed.create", subjectId: feed.id },
        select: { detail: true },
      }),
    );
    expect(audit?.detail).toMatchObject({ file: "list.csv", bytes: 50 });
  });

  it("may be a gzip file", async () => {
    const { previewId } = await upload(gzipSync(addresses(0, 1_000)));

    expect((await preview({ previewId })).counts).toMatchObject({ indicators: 1_000 });
    expect(await run(await make({ previewId }))).toMatchObject({ counts: { added: 1_000 } });
  });

  it("may be a zip archive of several files, of which one is named", async () => {
    const { previewId } = await upload(
      zipOf([
        { name: "readme.txt", body: "nothing" },
        { name: "list.csv", body: "type;value\nip;45.1.2.3\nip;45.1.2.4" },
      ]),
    );

    await expect(preview({ previewId })).rejects.toThrow("holds 2 files: readme.txt, list.csv.");
    expect((await preview({ previewId, zipEntry: "*.csv" })).counts).toMatchObject({ indicators: 2 });
    const settings = feedPreviewSchema.parse(inputOf({ previewId, zipEntry: "*.csv" }));
    expect(await proposeSettings(team.id, previewId, settings)).toMatchObject({ delimiter: ";" });
    expect(await run(await make({ previewId, zipEntry: "*.csv" }))).toMatchObject({ counts: { added: 2 } });

    const other = await upload(
      zipOf([
        { name: "a", body: "45.1.2.5" },
        { name: "b", body: "" },
      ]),
    );
    expect(await run(await make({ previewId: other.previewId }))).toMatchObject({
      state: "failed",
      error: { code: "invalid_input" },
    });
  });

  it("goes to the database in pieces when it outgrows memory, and comes back whole", async () => {
    const line = `45.1.1.1 ${"x".repeat(990)}\n`;
    const { previewId, bytes } = await upload(line.repeat(20_000) + addresses(0, 10));

    expect(bytes).toBeGreaterThan(16 * 1024 * 1024);
    expect(await countOf("body_chunk", "body_id", previewId)).toBe(Math.ceil(bytes / 1024 ** 2));
    expect(await run(await make({ previewId }))).toMatchObject({ counts: { added: 11, lines: 20_010 } });
  });

  it("is refused when it is empty", async () => {
    await expect(upload("")).rejects.toThrow("The file is empty.");
  });

  it("is nobody else's", async () => {
    const other = await makeTeam();
    const { previewId } = await upload("45.1.1.1", other.id);

    await expect(preview({ previewId })).rejects.toMatchObject({ code: "not_found" });
    await expect(make({ previewId })).rejects.toMatchObject({ code: "not_found" });
  });

  it("serves one feed, and only for 15 minutes", async () => {
    const { previewId } = await upload("45.1.1.1");
    await make({ previewId });
    await expect(make({ previewId })).rejects.toThrow("no longer kept. Choose it again.");

    const late = await upload("45.1.1.1");
    await expire(late.previewId);
    await expect(preview({ previewId: late.previewId })).rejects.toMatchObject({ code: "not_found" });
    await expect(make({ previewId: late.previewId })).rejects.toMatchObject({
      code: "not_found",
      fields: [{ pointer: "/previewId" }],
    });

    await cleanUp();
    expect(await countOf("body", "id", late.previewId)).toBe(0);
    expect(await countOf("body_chunk", "body_id", late.previewId)).toBe(0);
  });

  it("is one feed's, however many ask for it at once", async () => {
    const { previewId } = await upload("45.1.1.1");

    const made = await Promise.allSettled([make({ previewId }), make({ previewId }), cleanUp()]);

    expect(made.map(({ status }) => status).sort()).toEqual(["fulfilled", "fulfilled", "rejected"]);
    expect(await countOf("body_chunk", "body_id", previewId)).toBe(1);
  });
});

describe("another file for a feed", () => {
  const replace = async (feed: { id: string; teamId: string }, body: string) =>
    updateFeed(actor, feed, { previewId: (await upload(body)).previewId });

  it("takes the place of the one before at the next run, and the same content changes nothing", async () => {
    const feed = await make({ previewId: (await upload(addresses(0, 10))).previewId });
    await run(feed);

    await replace(feed, addresses(1, 12));
    expect(await run(feed)).toMatchObject({ state: "succeeded", counts: { added: 2, removed: 1 } });

    await replace(feed, addresses(1, 12));
    expect(await run(feed)).toMatchObject({ state: "unchanged" });
  });

  it("waits for a person when most of it is missing", async () => {
    const feed = await make({ previewId: (await upload(addresses(0, 100))).previewId });
    await run(feed);
    await replace(feed, addresses(0, 10));

    const held = await run(feed);
    expect(held).toMatchObject({ state: "held", error: { code: "shrink" } });

    await acceptRun(actor, held);
    await ingestRun(held.id, { workerId: randomUUID(), signal: new AbortController().signal });
    expect(await getRun(actor, held.id)).toMatchObject({ state: "succeeded", counts: { removed: 90 } });
  });

  it("may be named again by a form that shows it", async () => {
    const { previewId } = await upload("45.1.1.1");
    const feed = await make({ previewId });

    await expect(updateFeed(actor, feed, { previewId })).resolves.toMatchObject({ bodyId: previewId });
  });

  it("is for feeds made of a file only", async () => {
    const feed = await createFeed(
      actor,
      team.id,
      feedCreateSchema.parse({ team: team.slug, name: "Fetched", kind: "csv", url: "https://example.com/" }),
    );

    await expect(replace(feed, "45.1.1.1")).rejects.toMatchObject({
      code: "invalid_input",
      fields: [{ pointer: "/previewId" }],
    });
  });
});
