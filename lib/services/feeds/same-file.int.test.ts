import { createHash, randomUUID } from "node:crypto";

import { beforeAll, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { correlate } from "@/lib/services/indicators/correlate";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { runFeedNow } from "./queue-run";

useTestDatabase();
const server = useFeedServer();

let team: TestTeam;
let actor: Actor;
beforeAll(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const hash = (kind: string, file: string): string => createHash(kind).update(file).digest("hex");
const row = (file: string): string => ["md5", "sha1", "sha256"].map((kind) => hash(kind, file)).join(",");

const run = async (feed: { id: string; teamId: string }) => {
  const { id } = await runFeedNow(actor, feed);
  await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
  return (await getRun(actor, id)).counts;
};

/** The stronger hashes that stand with each value. */
const stronger = async (feed: { id: string }) => {
  const rows = await asTeam(
    team.id,
    (tx) => tx.$queryRaw<{ value: string; stronger: string[] | null }[]>`
      SELECT i.value, a.context->'stronger' AS stronger FROM attribution a JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${feed.id}::uuid AND a.until_generation IS NULL`,
  );
  return new Map(rows.map((one) => [one.value, one.stronger]));
};

it("keeps with each hash of a list which stronger ones of its row name the same file, shows them, and reopens nothing for it", async () => {
  server.serve([row("one"), row("two")].join("\n"));
  const feed = await createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      team: team.slug,
      name: "Hashes",
      kind: "csv",
      url: server.address(),
      csv: { valueColumns: [1, 2, 3] },
    }),
  );
  expect(await run(feed)).toMatchObject({ added: 6 });
  const [sha256, sha1] = [hash("sha256", "one"), hash("sha1", "one")];
  const ids = [indicatorId("sha256", sha256), indicatorId("sha1", sha1)];
  const found = await stronger(feed);
  expect([sha256, sha1, hash("md5", "one")].map((value) => found.get(value))).toEqual([
    null,
    ids.slice(0, 1),
    ids,
  ]);

  expect(await correlate(actor, { teamId: team.id, type: "md5", value: hash("md5", "one") })).toEqual(
    [sha256, sha1].map((name) => ({ kind: "file", name, filter: { q: name }, count: 1, isMore: false })),
  );

  // Another order of lines is other bytes and the same rows; a row that lost its strongest hash says something else.
  server.serve(["# again", row("two"), row("one")].join("\n"));
  expect(await run(feed)).toMatchObject({ unchanged: 6, changed: 0 });
  server.serve([row("two"), row("one").replace(sha256, "")].join("\n"));
  expect(await run(feed)).toMatchObject({ unchanged: 3, changed: 2, removed: 1 });
  expect((await stronger(feed)).get(hash("md5", "one"))).toEqual(ids.slice(1));
});
