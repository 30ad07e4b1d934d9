import { randomUUID } from "node:crypto";

import { expect, test } from "vitest";

import { asTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { feedCreateSchema } from "@/lib/domain/feed/feed";
import { useTestDatabase } from "@/lib/testing/database";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { createFeed } from "./create-feed";
import type { FeedView } from "./feed-view";
import { ingestRun } from "./ingest-run";
import { getRun } from "./list-runs";
import { runFeedNow } from "./queue-run";

// Beyond 20,000 values other statements are taken, beyond 25,000 new values are added while the list is read.
useTestDatabase();
const server = useFeedServer();

const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `${String(from + index)}.large.example.com`).join("\n");
const addFeed = (actor: Actor, team: TestTeam): Promise<FeedView> =>
  createFeed(
    actor,
    team.id,
    feedCreateSchema.parse({
      ...{ team: team.slug, name: `Large ${randomUUID()}`, kind: "freetext", url: server.address() },
      ...{ confidence: 40, tags: [], shrinkLimitPercent: 100 },
    }),
  );
const read = async (actor: Actor, feed: FeedView, body: string) => {
  server.serve(body);
  const { id } = await runFeedNow(actor, feed);
  await ingestRun(id, { workerId: randomUUID(), signal: new AbortController().signal });
  const { state, counts, unique } = await getRun(actor, id);
  return { state, ...counts, unique };
};
const seenBy = (team: TestTeam, sources: number): Promise<number> =>
  asTeam(team.id, async (tx) => {
    const [row] = await tx.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM team_indicator
      WHERE team_id = ${team.id}::uuid AND active AND cardinality(feed_ids) = ${sources}`;
    return row?.count ?? 0;
  });

test("two long lists of one team are merged where they meet, and let go of each other again", async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  const [one, other] = [await addFeed(actor, team), await addFeed(actor, team)];

  const repeated = lines(0, 500);
  const first = await read(actor, one, `${lines(0, 30_000)}\n${repeated}\n`);
  expect(first).toMatchObject({ state: "succeeded", added: 30_000, duplicate: 500, active: 30_000 });

  const second = await read(actor, other, lines(26_000, 52_000));
  expect(second).toMatchObject({ state: "succeeded", added: 26_000, active: 26_000, unique: 22_000 });
  expect([await seenBy(team, 1), await seenBy(team, 2)]).toEqual([48_000, 4_000]);

  // The first list loses what both have, all but one value, and one more of its own.
  const third = await read(actor, one, `${lines(1, 26_000)}\n${lines(29_999, 30_000)}`);
  expect(third).toMatchObject({ state: "succeeded", removed: 4_000, active: 26_000 });
  expect([await seenBy(team, 1), await seenBy(team, 2)]).toEqual([51_998, 1]);
});

test("a long list of which another team has a part already keeps each team's view its own", async () => {
  const [team, stranger] = [await makeTeam(), await makeTeam()];
  const [actor, foreign] = [await makeActor([[team, "owner"]]), await makeActor([[stranger, "owner"]])];
  await read(foreign, await addFeed(foreign, stranger), lines(20_000, 48_000));

  const mine = await read(actor, await addFeed(actor, team), lines(0, 30_000));

  expect(mine).toMatchObject({ state: "succeeded", added: 30_000, active: 30_000 });
  expect([await seenBy(team, 1), await seenBy(stranger, 1)]).toEqual([30_000, 28_000]);
});

test("a long list of which its team has nearly all already is counted whole, and what it alone brings for itself", async () => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  await read(actor, await addFeed(actor, team), lines(0, 24_000));

  const second = await read(actor, await addFeed(actor, team), lines(500, 25_000));

  expect(second).toMatchObject({ state: "succeeded", added: 24_500, active: 24_500, unique: 1_000 });
});
