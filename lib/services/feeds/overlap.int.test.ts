import { beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asSystem, asTeam } from "@/lib/db/scope";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import { subscribe } from "@/lib/services/subscriptions/subscribe";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor } from "@/lib/testing/people";

import { announceOverlaps } from "./announce-overlaps";
import { computeOverlap } from "./compute-overlap";
import { deleteFeed } from "./delete-feed";
import type { FeedView } from "./feed-view";
import { getOverlap } from "./get-overlap";

const database = useTestDatabase();
const server = useFeedServer();

/** Domains under a name of nobody's. */
const rows = (...names: string[]): string[] => names.map((name) => `${name}.evil-overlap.com,seen`);

let mine: FeedDesk;
let theirs: FeedDesk;
let early: FeedView;
let late: FeedView;
let shared: FeedView;
let subscription: FeedView;
beforeAll(async () => {
  mine = await openFeedDesk({ server });
  theirs = await openFeedDesk({ server });
  early = await mine.addFeed({ name: "Early" });
  late = await mine.addFeed({ name: "Late" });
  await mine.run(early, rows("a", "b", "c", "d"));
  await mine.run(late, rows("c", "d", "e"));
  shared = await theirs.addFeed({ visibility: "everyone" });
  await theirs.run(shared, rows("d", "x"));
  // What nobody but the other team may know of.
  const hidden = await theirs.addFeed({ name: "Hidden" });
  await theirs.run(hidden, rows("a", "b", "c", "d", "e", "x", "y"));
  subscription = await subscribe(
    mine.actor,
    { ...mine.team, role: "owner" },
    { feedId: shared.id, policy: subscriptionPolicySchema.parse({}) },
  );
  const waiting = await asTeam(mine.team.id, (tx) =>
    tx.feedRun.findFirstOrThrow({
      where: { feedId: subscription.id, state: "queued" },
      select: { id: true },
    }),
  );
  await mine.carryOut(waiting.id);
});

beforeEach(async () => {
  await computeOverlap(mine.team.id);
  await computeOverlap(theirs.team.id);
});

describe("what a team's feeds have in common", () => {
  it("is counted from what they vouch for, its own subscription included and no other team's feed", async () => {
    const overlap = await getOverlap(mine.actor, mine.team.id);

    expect(overlap?.values).toBe(6);
    expect(overlap?.feeds.map(({ id: _id, ...feed }) => feed)).toEqual([
      { name: "Early", kind: "csv", values: 4, unique: 2, first: 2 },
      { name: "Late", kind: "csv", values: 3, unique: 1, first: 0 },
      expect.objectContaining({ kind: "subscription", values: 2, unique: 1, first: 0 }),
    ]);
    const pairs = overlap?.pairs.map(({ one, other, shared: count }) => [[one, other].sort(), count]);
    expect(new Map(pairs?.map(([ids, count]) => [String(ids), count]))).toEqual(
      new Map([
        [[early.id, late.id].sort().join(), 2],
        [[early.id, subscription.id].sort().join(), 1],
        [[late.id, subscription.id].sort().join(), 1],
      ]),
    );
  });

  it("is read by nobody outside the team", async () => {
    expect(await getOverlap(theirs.actor, mine.team.id)).toBeNull();
    const stranger = await makeActor([[theirs.team, "viewer"]]);
    const text = JSON.stringify(await getOverlap(stranger, theirs.team.id));
    for (const id of [early.id, late.id, subscription.id]) expect(text).not.toContain(id);
  });

  it("forgets a feed that was taken out, at once where it is named and with the next count in the numbers", async () => {
    const gone = await mine.addFeed({ name: "Gone" });
    await mine.run(gone, rows("a", "z"));
    await computeOverlap(mine.team.id);
    expect((await getOverlap(mine.actor, mine.team.id))?.values).toBe(7);

    await deleteFeed(mine.actor, gone);
    const named = await getOverlap(mine.actor, mine.team.id);
    expect(JSON.stringify([named?.feeds, named?.pairs])).not.toContain(gone.id);
    await computeOverlap(mine.team.id);
    const counted = await getOverlap(mine.actor, mine.team.id);
    expect(counted?.values).toBe(6);
    expect(counted?.feeds[0]).toMatchObject({ name: "Early", unique: 2 });
  });
});

describe("when it is counted", () => {
  const announced = async (now: Date): Promise<boolean> => {
    await asSystem("scheduling", (tx) => tx.$executeRaw`DELETE FROM outbox`);
    await announceOverlaps(now);
    const jobs = await asSystem(
      "scheduling",
      (tx) => tx.$queryRaw<{ id: string }[]>`
        SELECT data->>'teamId' AS id FROM outbox WHERE job = 'team.overlap'`,
    );
    return jobs.some(({ id }) => id === mine.team.id);
  };

  it("is after a change, and no sooner than ten minutes after the last time", async () => {
    const now = Date.now();
    expect(await announced(new Date(now + 3_600_000))).toBe(false);

    await mine.run(late, rows("c", "d", "e", "f"));
    expect(await announced(new Date(now + 60_000))).toBe(false);
    expect(await announced(new Date(now + 660_000))).toBe(true);
    await computeOverlap(mine.team.id);
    expect(await announced(new Date(now + 3_600_000))).toBe(false);
  });

  it("is at once for a team that was never counted", async () => {
    await database.asOwner((client) => client.query("DELETE FROM team_overlap"));
    expect(await announced(new Date())).toBe(true);
  });
});
