import { createHash } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { asTeam } from "@/lib/db/scope";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";

import { acceptRun } from "./decide-run";
import { listGenerations } from "./list-generations";
import { rollBackRun } from "./roll-back-run";

useTestDatabase();
const server = useFeedServer();

let desk: FeedDesk;
beforeEach(async () => {
  desk = await openFeedDesk({ server });
});

const generations = ({ id }: { id: string }) => listGenerations({ id, teamId: desk.team.id });

const audited = async ({ id }: { id: string }): Promise<string[]> => {
  const entries = await asTeam(desk.team.id, (tx) =>
    tx.auditEntry.findMany({ where: { teamId: desk.team.id, subjectId: id }, select: { action: true } }),
  );
  return entries.map(({ action }) => action);
};

/** Of the set that the feed vouches for: each value with what is said of it, since when, and until when. */
const setHash = async (feed: { id: string }): Promise<string> => {
  const rows = await asTeam(
    desk.team.id,
    (tx) => tx.$queryRaw`
      SELECT indicator_id::text, from_generation, absent_from_run, line, confidence, tlp, tags, comment, first_seen, expires_at
      FROM attribution WHERE feed_id = ${feed.id}::uuid AND until_generation IS NULL ORDER BY indicator_id`,
  );
  return createHash("sha256").update(JSON.stringify(rows)).digest("hex");
};

type Sighting = { value: string; firstSeen: Date; endsAfterMs: number | null };
const sightingsOf = ({ id }: { id: string }): Promise<Sighting[]> =>
  asTeam(
    desk.team.id,
    (tx) => tx.$queryRaw<Sighting[]>`
      SELECT i.value, a.first_seen AS "firstSeen",
        (extract(epoch FROM a.expires_at - a.first_seen) * 1000)::float8 AS "endsAfterMs"
      FROM attribution a JOIN indicator i ON i.id = a.indicator_id
      WHERE a.feed_id = ${id}::uuid AND a.until_generation IS NULL ORDER BY i.value`,
  );

/** What a person does who wants a run live again, and the worker after that. */
const goForward = async (run: { id: string; teamId: string }) => {
  await acceptRun(desk.actor, run);
  return desk.carryOut(run.id);
};

describe("going forward again to what a rollback left", () => {
  it.each(["mirror", "expire", "keep"] as const)(
    "under the policy %s brings back the very set, to which nothing else was done, and can be left once more",
    async (removal) => {
      const feed = await desk.addFeed({ removal });
      await desk.run(feed, ["1.2.3.1", "2.2.2.2", "3.3.3.3,first words"]);
      const before = await setHash(feed);
      const run = await desk.run(feed, ["1.2.3.1", "3.3.3.3,other words", "4.4.4.4"]);
      const after = await setHash(feed);
      await rollBackRun(desk.actor, run);
      expect(await setHash(feed)).toBe(before);

      expect(await goForward(run)).toMatchObject({ state: "succeeded", number: 2, error: null });

      expect(await setHash(feed)).toBe(after);
      expect(await generations(feed)).toMatchObject({ liveNumber: 2, leftLast: null });
      expect(await audited(run)).toContain("run.roll-forward");
      expect(await desk.run(feed)).toMatchObject({ state: "unchanged" });
      await rollBackRun(desk.actor, run);
      expect(await setHash(feed)).toBe(before);
    },
  );

  it("keeps when a value was first seen, and the end that is counted from it, however often", async () => {
    const feed = await desk.addFeed({ removal: "expire", expireFrom: "firstSeen", expiryDays: 9 });
    await desk.run(feed, ["1.2.3.1"]);
    const run = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const seen = () => sightingsOf(feed);
    const before = await seen();
    const [, added] = before;
    expect(added?.endsAfterMs).toBe(9 * 86_400_000);

    for (let times = 0; times < 2; times += 1) {
      await rollBackRun(desk.actor, run);
      expect(await seen()).toHaveLength(1);
      expect(await goForward(run)).toMatchObject({ state: "succeeded", counts: { added: 1 } });
      expect(await seen()).toEqual(before);
    }
  });

  it("gives a value that comes with another list a first seen of its own", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const run = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const [, left] = await sightingsOf(feed);
    await rollBackRun(desk.actor, run);

    await desk.run(feed, ["1.2.3.1", "2.2.2.2", "5.5.5.5"]);

    const [, again] = await sightingsOf(feed);
    expect(again?.firstSeen.getTime()).toBeGreaterThan(left?.firstSeen.getTime() ?? 0);
  });

  it("goes the way that was gone back, run by run", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const second = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const third = await desk.run(feed, ["3.3.3.3"]);
    await rollBackRun(desk.actor, third);
    await rollBackRun(desk.actor, second);

    await expect(acceptRun(desk.actor, third)).rejects.toThrow("Run 2 was left last.");
    expect(await generations(feed)).toMatchObject({ leftLast: 2 });
    expect(await goForward(second)).toMatchObject({ state: "succeeded" });
    expect(await desk.live(feed)).toEqual(["1.2.3.1", "2.2.2.2"]);
    expect(await goForward(third)).toMatchObject({ state: "succeeded" });
    expect(await desk.live(feed)).toEqual(["3.3.3.3"]);
    expect(await generations(feed)).toMatchObject({ leftLast: null });
  });

  it("is refused while the run before is on its way, which would then come too late", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const second = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const third = await desk.run(feed, ["3.3.3.3"]);
    await rollBackRun(desk.actor, third);
    await rollBackRun(desk.actor, second);
    await acceptRun(desk.actor, second);

    await expect(acceptRun(desk.actor, third)).rejects.toThrow("Run 2 is under way.");

    expect(await desk.carryOut(second.id)).toMatchObject({ state: "succeeded" });
    expect(await goForward(third)).toMatchObject({ state: "succeeded" });
  });

  it("is refused once another list is live, or waits for a person", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const run = await desk.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await rollBackRun(desk.actor, run);
    expect(await desk.run(feed)).toMatchObject({ state: "held" });
    await expect(acceptRun(desk.actor, run)).rejects.toThrow("Run 3 is newer and held.");

    await desk.run(feed, ["1.2.3.1", "5.5.5.5"]);
    await expect(acceptRun(desk.actor, run)).rejects.toThrow("Run 4 is newer and already live");
  });

  it("takes 10,000 rows back and forward again in less than a minute", { timeout: 60_000 }, async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const rows = Array.from({ length: 10_000 }, (_, index) => `h${String(index)}.bad.example.com,seen`);
    const run = await desk.run(feed, ["1.2.3.1", ...rows]);
    const after = await setHash(feed);

    await rollBackRun(desk.actor, run);
    expect(await desk.live(feed)).toEqual(["1.2.3.1"]);
    expect(await goForward(run)).toMatchObject({ counts: { added: 10_000, unchanged: 1 } });
    expect(await setHash(feed)).toBe(after);
  });
});
