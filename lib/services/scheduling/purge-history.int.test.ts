import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import { deleteFeed } from "@/lib/services/feeds/delete-feed";
import { compareRuns } from "@/lib/services/feeds/compare-runs";
import { rollBackRun } from "@/lib/services/feeds/roll-back-run";
import { getRetention, updateRetention } from "@/lib/services/operations/retention";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor } from "@/lib/testing/people";

import { purgeHistory } from "./purge-history";

const database = useTestDatabase();
const server = useFeedServer();

let desk: FeedDesk;
beforeEach(async () => {
  desk = await openFeedDesk({ server });
});
afterEach(() => database.asOwner((client) => client.query("DELETE FROM setting")));

const DAY_MS = 86_400_000;
const inDays = (days: number): Date => new Date(Date.now() + days * DAY_MS);
const values = (...numbers: number[]): string[] => numbers.map((number) => `9.9.9.${String(number)}`);

const kept = (feed: { id: string }) =>
  asTeam(desk.team.id, async (tx) => {
    const runs = await tx.feedRun.findMany({
      where: { feedId: feed.id },
      orderBy: { number: "asc" },
      select: { number: true, bodyId: true },
    });
    const bodies = await tx.body.count({ where: { feedId: feed.id } });
    const chunks = await tx.bodyChunk.count({ where: { teamId: desk.team.id } });
    const attributions = await tx.attribution.count({ where: { feedId: feed.id } });
    return {
      runs: runs.map(({ number }) => number),
      withBody: runs.filter(({ bodyId }) => bodyId !== null).map(({ number }) => number),
      ...{ bodies, chunks, attributions },
    };
  });

const setRetention = async (patch: Parameters<typeof updateRetention>[1]): Promise<void> => {
  await updateRetention(await makeActor([], { isAdministrator: true }), patch);
};

describe("the clean-up of history", () => {
  it("keeps what was fetched for the last generations and days, whichever is more", async () => {
    await setRetention({ generations: 2 });
    const feed = await desk.addFeed();
    for (const number of [1, 2, 3, 4]) await desk.run(feed, values(number));

    await purgeHistory(inDays(29));
    expect((await kept(feed)).withBody).toEqual([1, 2, 3, 4]);
    await purgeHistory(inDays(31));

    expect(await kept(feed)).toMatchObject({ runs: [1, 2, 3, 4], withBody: [3, 4], bodies: 2, chunks: 2 });
  });

  it("never drops what is live, what waits for a person, and what a rollback left", async () => {
    await setRetention({ generations: 2 });
    const feed = await desk.addFeed({ shrinkLimitPercent: 40 });
    for (const number of [1, 2, 3]) await desk.run(feed, values(1, 2, number));
    await rollBackRun(desk.actor, await desk.run(feed, values(1, 2, 4)));
    const held = await desk.run(feed, values(1));
    expect(held.state).toBe("held");

    await purgeHistory(inDays(3_000));

    expect((await kept(feed)).withBody).toEqual([3, 4, 5]);
  });

  it("drops runs, and with them the entries that ended before the oldest one that is kept", async () => {
    await setRetention({ generations: 2, runDays: 100 });
    const feed = await desk.addFeed();
    const runs = [];
    for (const number of [1, 2, 3, 4, 5]) runs.push(await desk.run(feed, values(number)));

    await purgeHistory(inDays(99));
    expect((await kept(feed)).runs).toEqual([1, 2, 3, 4, 5]);
    await purgeHistory(inDays(101));

    // Value 3 was ended by run 4, which is kept: rollback to it needs that entry.
    expect(await kept(feed)).toMatchObject({ runs: [4, 5], attributions: 3 });
    const [, , , fourth, fifth] = runs;
    if (!fourth || !fifth) throw new Error("Five runs were made.");
    const comparison = await compareRuns(fifth, fourth.id, { limit: 10, after: null });
    expect(comparison.counts).toMatchObject({ added: 1, removed: 1 });
    await rollBackRun(desk.actor, fifth);
    expect(await desk.live(feed)).toEqual(values(4));
    await expect(rollBackRun(desk.actor, fourth)).rejects.toThrow("no longer kept");
  });

  it("forgets what a team saw of a value with its last entry", async () => {
    await setRetention({ generations: 2, runDays: 100 });
    const feed = await desk.addFeed();
    for (const number of [101, 102, 103, 104]) await desk.run(feed, values(number, 100));
    const other = await desk.addFeed();
    await desk.run(other, values(101));
    const seen = async (): Promise<string[]> => {
      const rows = await asTeam(
        desk.team.id,
        (tx) => tx.$queryRaw<{ value: string }[]>`
          SELECT i.value FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
          WHERE t.team_id = ${desk.team.id}::uuid ORDER BY i.value`,
      );
      return rows.map(({ value }) => value);
    };

    await purgeHistory(inDays(101));
    expect(await seen()).toEqual(values(100, 101, 102, 103, 104));
    await deleteFeed(desk.actor, feed);
    await purgeHistory(inDays(202));

    expect(await seen()).toEqual(values(101));
    expect(await kept(feed)).toMatchObject({ runs: [], attributions: 0, bodies: 0 });
  });
});

describe("the settings of retention", () => {
  it("have defaults, are changed by administrators, checked together, and audited", async () => {
    const administrator = await makeActor([], { isAdministrator: true });
    expect(await getRetention(administrator)).toEqual({
      generations: 10,
      bodyDays: 30,
      runDays: 400,
      attributionDays: 90,
      pushDays: 180,
    });

    expect(await updateRetention(administrator, { bodyDays: 7 })).toMatchObject({
      bodyDays: 7,
      generations: 10,
    });
    await expect(updateRetention(administrator, { runDays: 60 })).rejects.toThrow(
      "Keep runs at least as long",
    );
    expect(() => getRetention(desk.actor)).toThrow("Only administrators");
    const { rows } = await database.asOwner((client) =>
      client.query(
        "SELECT detail FROM audit_entry WHERE action = 'retention.update' ORDER BY id DESC LIMIT 1",
      ),
    );
    expect(rows).toMatchObject([{ detail: { before: { bodyDays: 30 }, after: { bodyDays: 7 } } }]);
  });
});
