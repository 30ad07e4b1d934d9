import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { asSystem, asTeam } from "@/lib/db/scope";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { deleteFeed } from "@/lib/services/feeds/delete-feed";
import type { FeedView } from "@/lib/services/feeds/feed-view";
import { getFeed } from "@/lib/services/feeds/get-feed";
import { getRun } from "@/lib/services/feeds/list-runs";
import { rollBackRun } from "@/lib/services/feeds/roll-back-run";
import { updateFeed } from "@/lib/services/feeds/update-feed";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";

import { followShared, sweepSubscriptions } from "./follow-shared";
import { listSharedFeeds } from "./list-shared-feeds";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { listSubscriptions } from "./list-subscriptions";
import { subscribe } from "./subscribe";
import { unsubscribe } from "./unsubscribe";

const database = useTestDatabase();
const server = useFeedServer();

let owner: FeedDesk;
let subscriber: FeedDesk;
beforeEach(async () => {
  owner = await openFeedDesk({ server });
  subscriber = await openFeedDesk({ server });
});

const columns = {
  csv: { columns: { comment: 2, confidence: 3, tlp: 4, validUntil: 5 } },
  visibility: "everyone",
};

const takeIn = (feed: { id: string }, policy: Record<string, unknown> = {}): Promise<FeedView> =>
  subscribe(
    subscriber.actor,
    { ...subscriber.team, role: "owner" },
    { feedId: feed.id, policy: subscriptionPolicySchema.parse(policy) },
  );

/** Carries out the run that waits for the subscription, if one does. */
const carryOut = async (subscription: { id: string }) => {
  const waiting = await asTeam(subscriber.team.id, (tx) =>
    tx.feedRun.findFirst({ where: { feedId: subscription.id, state: "queued" }, select: { id: true } }),
  );
  return waiting && subscriber.carryOut(waiting.id);
};

/** Brings the subscriptions along, as the announced job does. */
const follow = async (feed: { id: string }, subscription: { id: string }) => {
  await followShared(feed.id, new Date());
  return carryOut(subscription);
};

const auditOf = async ({
  team,
}: FeedDesk): Promise<{ action: string; actorName: string; detail: unknown }[]> =>
  asTeam(team.id, (tx) =>
    tx.auditEntry.findMany({
      where: { teamId: team.id, action: { startsWith: "subscription." } },
      orderBy: { id: "asc" },
      select: { action: true, actorName: true, detail: true },
    }),
  );

describe("a feed that is shared", () => {
  it("shows other teams its name, provider and count, and nothing else of it", async () => {
    const feed = await owner.addFeed({ ...columns, provider: "CERT" });
    const run = await owner.run(feed, ["1.2.3.1,secret words", "2.2.2.2"]);
    await owner.run(await owner.addFeed(), ["3.3.3.3"]);

    expect(await listSharedFeeds(subscriber.team.id)).toEqual([
      { id: feed.id, name: feed.name, provider: "CERT", active: 2, storeOnly: false, subscriptionId: null },
    ]);
    expect(await listSharedFeeds(owner.team.id)).toEqual([]);
    const { actor } = subscriber;
    await expect(getFeed(actor, feed.id)).rejects.toThrow("There is no such feed.");
    await expect(getRun(actor, run.id)).rejects.toThrow("There is no such run.");
    await expect(traceIndicator(actor, indicatorId("ipv4", "1.2.3.1"))).rejects.toThrow(
      "There is no such indicator.",
    );
    expect(await subscriber.active()).toEqual([]);
    await updateFeed(owner.actor, feed, { visibility: "team" });
    expect(await listSharedFeeds(subscriber.team.id)).toEqual([]);
  });

  it("enters a team's set by subscription alone, with its lines and comments", async () => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, ["1.2.3.1,a lure", "2.2.2.2"]);

    const subscription = await takeIn(feed);
    const run = await carryOut(subscription);

    expect(subscription).toMatchObject({
      kind: "subscription",
      name: feed.name,
      url: null,
      sourceFeedId: feed.id,
    });
    expect(run).toMatchObject({
      state: "succeeded",
      trigger: "source",
      counts: { values: 2, added: 2, active: 2 },
    });
    expect(await subscriber.active()).toEqual(["1.2.3.1", "2.2.2.2"]);
    const trace = await traceIndicator(subscriber.actor, indicatorId("ipv4", "1.2.3.1"));
    expect(trace.attributions).toMatchObject([
      { feed: { id: subscription.id, kind: "subscription" }, comment: "a lure", line: 1 },
    ]);
    expect(JSON.stringify(trace)).not.toContain(owner.team.slug);
    const stranger = await openFeedDesk({ server });
    expect(await stranger.active()).toEqual([]);
  });

  it("is taken as the policy says, and what it leaves out is counted with its reason", async () => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, [
      "1.2.3.1,,80,green",
      "2.2.2.2,,20,green",
      "3.3.3.3,,80,amber+strict",
      "4.4.4.4,,80,red",
      "evil.com,,80,green",
    ]);

    const subscription = await takeIn(feed, { types: ["ipv4"], minConfidence: 50 });
    const run = await carryOut(subscription);

    expect(await subscriber.active()).toEqual(["1.2.3.1"]);
    // The one for this team's eyes only is not even counted.
    expect(run).toMatchObject({
      counts: { values: 4, added: 1, excluded: 3 },
      excludedByReason: { type_not_taken: 1, low_confidence: 1, tlp_not_taken: 1 },
    });

    await takeIn(feed, { maxTlp: "amber+strict" });
    expect(await carryOut(subscription)).toMatchObject({ counts: { added: 3, unchanged: 1, removed: 0 } });
    expect(await subscriber.active()).toEqual(["1.2.3.1", "2.2.2.2", "3.3.3.3", "evil.com"]);
    expect(subscriptionPolicySchema.safeParse({ maxTlp: "red" }).success).toBe(false);
  });

  it("ends a value's validity by the feed's word and the policy's, whichever is earlier", async () => {
    const feed = await owner.addFeed({ ...columns, removal: "keep" });
    await owner.run(feed, ["1.2.3.1", "2.2.2.2,,,,2099-01-01", "3.3.3.3"]);
    await owner.run(feed, ["1.2.3.1", "2.2.2.2,,,,2099-01-01"]);

    const subscription = await takeIn(feed, { expiryDays: 10 });
    await carryOut(subscription);

    const rows = await asTeam(
      subscriber.team.id,
      (tx) => tx.$queryRaw<{ value: string; days: number | null }[]>`
        SELECT i.value, round(extract(epoch FROM t.valid_until - now()) / 86400)::int AS days
        FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
        WHERE t.team_id = ${subscriber.team.id}::uuid ORDER BY i.value`,
    );
    expect(rows[0]).toEqual({ value: "1.2.3.1", days: null });
    expect(rows[1]?.days).toBeGreaterThan(20_000);
    // Gone at the source and kept by its owner: it ages here.
    expect(rows[2]).toEqual({ value: "3.3.3.3", days: 10 });

    await takeIn(feed, { expiryDays: 10, expireFrom: "firstSeen" });
    await carryOut(subscription);
    const ends = await asTeam(subscriber.team.id, (tx) =>
      tx.teamIndicator.findMany({ where: { teamId: subscriber.team.id }, select: { validUntil: true } }),
    );
    expect(
      ends.every(
        ({ validUntil }) => validUntil !== null && validUntil < new Date(Date.now() + 11 * 86_400_000),
      ),
    ).toBe(true);
  });
});

describe("a subscription", () => {
  it("follows its feed: what comes, what changes, what leaves, what a rollback takes back", async () => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, ["1.2.3.1", "2.2.2.2"]);
    const subscription = await takeIn(feed);
    await carryOut(subscription);
    const second = await owner.run(feed, ["2.2.2.2,told anew", "3.3.3.3"]);

    expect(await follow(feed, subscription)).toMatchObject({ counts: { added: 1, changed: 1, removed: 1 } });
    expect(await subscriber.active()).toEqual(["2.2.2.2", "3.3.3.3"]);
    // Nothing new: not even a run.
    expect(await follow(feed, subscription)).toBeNull();

    await rollBackRun(owner.actor, second);
    await follow(feed, subscription);
    expect(await subscriber.active()).toEqual(["1.2.3.1", "2.2.2.2"]);
  });

  it("is announced by whatever changes the feed, in the same transaction, and found by the sweep without", async () => {
    const feed = await owner.addFeed(columns);
    const announced = async (): Promise<number> =>
      asSystem("operations", (tx) =>
        tx.outbox.count({ where: { job: "feed.shared", data: { equals: { feedId: feed.id } } } }),
      );
    await owner.run(feed, ["1.2.3.1"]);
    expect(await announced()).toBe(1);
    await owner.run(feed);
    expect(await announced()).toBe(1);
    const subscription = await takeIn(feed);
    await carryOut(subscription);
    const run = await owner.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await rollBackRun(owner.actor, run);
    expect(await announced()).toBe(3);
    await owner.run(feed, ["5.5.5.5"]);

    // A run that was queued a moment ago may be that of the announcement.
    await sweepSubscriptions(new Date());
    expect(await carryOut(subscription)).toBeNull();
    await database.asOwner((client) =>
      client.query("UPDATE feed_run SET queued_at = now() - interval '2 minutes' WHERE feed_id = $1", [
        subscription.id,
      ]),
    );
    await sweepSubscriptions(new Date());

    expect(await carryOut(subscription)).toMatchObject({ counts: { added: 1, removed: 1 } });
    expect(await subscriber.active()).toEqual(["5.5.5.5"]);
  });

  it("asked to run finds nothing new without reading a row", async () => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, ["1.2.3.1"]);
    const subscription = await takeIn(feed);
    await carryOut(subscription);

    expect(await subscriber.run(subscription)).toMatchObject({
      state: "unchanged",
      counts: { active: 1 },
      httpStatus: null,
    });
  });

  it("leaves what another feed of the team vouches for when it ends", async () => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, ["1.2.3.1", "2.2.2.2"]);
    await subscriber.run(await subscriber.addFeed(), ["2.2.2.2"]);
    await carryOut(await takeIn(feed));

    const result = await unsubscribe(subscriber.actor, { feedId: feed.id, teamIds: [subscriber.team.id] });

    expect(result).toEqual({ removed: 2 });
    expect(await subscriber.active()).toEqual(["2.2.2.2"]);
    expect(await owner.active()).toEqual(["1.2.3.1", "2.2.2.2"]);
    expect((await auditOf(subscriber)).map(({ action }) => action)).toEqual([
      "subscription.start",
      "subscription.end",
    ]);
    expect(await auditOf(owner)).toMatchObject([
      { action: "subscription.start", actorName: subscriber.team.name },
      {
        action: "subscription.end",
        actorName: subscriber.team.name,
        detail: { subscriber: subscriber.team.name },
      },
    ]);
  });

  it.each([
    [
      "is made its team's own again",
      (feed: FeedView) => updateFeed(owner.actor, feed, { visibility: "team" }),
    ],
    ["is taken out", (feed: FeedView) => deleteFeed(owner.actor, feed)],
  ])("ends when its feed %s, with an entry in both teams", async (_, end) => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, ["1.2.3.1"]);
    const subscription = await takeIn(feed);
    await carryOut(subscription);

    await end(feed);
    await follow(feed, subscription);

    expect(await subscriber.active()).toEqual([]);
    await expect(getFeed(subscriber.actor, subscription.id)).rejects.toThrow("There is no such feed.");
    const reason = "The feed is not shared any more.";
    expect((await auditOf(subscriber)).at(-1)).toMatchObject({
      action: "subscription.end",
      detail: { removed: 1, reason },
    });
    expect((await auditOf(owner)).at(-1)).toMatchObject({
      action: "subscription.end",
      detail: { subscriber: subscriber.team.name, reason },
    });
    const { attention } = await getTeamOverview(
      subscriber.actor,
      { ...subscriber.team, role: "owner" },
      new Date(),
    );
    expect(attention).toContainEqual({
      kind: "ended-share",
      message: `${subscription.name} is no longer shared with you: 1 indicator of it left your set, and leave the destinations with the next plan. What other feeds vouch for stays.`,
      path: "feeds",
    });
  });

  it("takes nothing more from a feed that is shared no more, even if its run was queued before", async () => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, ["1.2.3.1"]);
    const subscription = await takeIn(feed);
    await updateFeed(owner.actor, feed, { visibility: "team" });

    expect(await carryOut(subscription)).toMatchObject({ state: "failed", error: { code: "not_found" } });
    expect(await subscriber.active()).toEqual([]);
  });

  it("of a team's own list takes the values, never what people wrote beside them", async () => {
    const team = { ...owner.team, role: "owner" } as const;
    const item = {
      value: "1.2.3.1",
      comment: "Seen at our bank",
      tags: ["c2"],
      action: "Block",
      severity: "High",
    };
    await addLocalIndicators(owner.actor, team, [item]);
    const local = await asTeam(owner.team.id, (tx) =>
      tx.feed.findFirstOrThrow({
        where: { teamId: owner.team.id, kind: "local" },
        select: { id: true, teamId: true },
      }),
    );
    await updateFeed(owner.actor, local, { visibility: "everyone" });
    const subscription = await takeIn(local, { minConfidence: 0 });
    await carryOut(subscription);

    const rows = await asTeam(subscriber.team.id, (tx) =>
      tx.attribution.findMany({
        where: { feedId: subscription.id },
        select: { comment: true, tags: true, context: true },
      }),
    );
    expect(rows).toEqual([{ comment: "", tags: ["c2"], context: null }]);

    await withdrawIndicator(owner.actor, team, {
      indicatorId: indicatorId("ipv4", "1.2.3.1"),
      reason: "wrong",
    });
    await follow(local, subscription);
    expect(await subscriber.active()).toEqual([]);
  });

  it("cannot be made of one's own feed, of one that is not shared, or for another team's connector", async () => {
    const own = await subscriber.addFeed(columns);
    const hidden = await owner.addFeed();
    const shared = await owner.addFeed(columns);

    await expect(takeIn(own)).rejects.toThrow("This feed is your team's own");
    await expect(takeIn(hidden)).rejects.toThrow("There is no such feed");
    await expect(takeIn({ id: randomUUID() })).rejects.toThrow("There is no such feed");
    await expect(takeIn(shared, { connectors: [randomUUID()] })).rejects.toThrow(
      "connectors of the subscribing team",
    );
  });

  it("cannot be shared on, rolled back, or given another address", async () => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, ["1.2.3.1"]);
    const subscription = await takeIn(feed);
    const run = await carryOut(subscription);
    if (!run) throw new Error("Its first run was queued.");

    await expect(updateFeed(subscriber.actor, subscription, { visibility: "everyone" })).rejects.toThrow(
      "Of a subscription",
    );
    await expect(rollBackRun(subscriber.actor, run)).rejects.toThrow("A subscription follows the feed");
    expect(
      await updateFeed(subscriber.actor, subscription, { name: "Theirs", tags: ["shared"] }),
    ).toMatchObject({
      name: "Theirs",
      subscription: { maxTlp: "amber" },
    });
  });

  it("is named to the feed's owner by team and count, to its own team with its policy", async () => {
    const feed = await owner.addFeed(columns);
    await owner.run(feed, ["1.2.3.1", "evil.com"]);
    const subscription = await takeIn(feed, { types: ["domain"] });
    await carryOut(subscription);
    const stranger = await openFeedDesk({ server });

    expect(await listSubscriptions(owner.actor, feed.id)).toEqual([
      {
        team: subscriber.team.slug,
        teamName: subscriber.team.name,
        since: subscription.createdAt,
        active: 1,
        subscriptionId: null,
        policy: null,
      },
    ]);
    expect(await listSubscriptions(subscriber.actor, feed.id)).toMatchObject([
      { team: subscriber.team.slug, subscriptionId: subscription.id, policy: { types: ["domain"] } },
    ]);
    expect(await listSubscriptions(stranger.actor, feed.id)).toEqual([]);
    await updateFeed(owner.actor, feed, { visibility: "team" });
    await expect(listSubscriptions(stranger.actor, feed.id)).rejects.toThrow("There is no such feed");
  });
});
