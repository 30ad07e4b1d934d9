import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { asSystem, asTeam } from "@/lib/db/scope";
import { subscriptionPolicySchema } from "@/lib/domain/feed/subscription";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { connect, plan, push } from "@/lib/services/delivery/testing/desk";
import type { FeedView } from "@/lib/services/feeds/feed-view";
import { getFeed } from "@/lib/services/feeds/get-feed";
import { updateFeed } from "@/lib/services/feeds/update-feed";
import { useTestDatabase } from "@/lib/testing/database";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { followShared, sweepSubscriptions } from "./follow-shared";
import { listSharedFeeds } from "./list-shared-feeds";
import { subscribe } from "./subscribe";

useTestDatabase();
const server = useFeedServer();

let sandbox: Sandbox;
let owner: FeedDesk;
let subscriber: FeedDesk;
let defender: ConnectorView;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
  // The feed's server is another one on this machine.
  process.env["FEED_ALLOWED_CIDRS"] = "127.0.0.0/8";
});
afterAll(async () => {
  await sandbox.close();
});
beforeEach(async () => {
  owner = await openFeedDesk({ server });
  subscriber = await openFeedDesk({ server });
  defender = await connect(subscriber.actor, subscriber.team, "defender");
});

const VALUE = "45.155.205.7";

const share = async (settings: Record<string, unknown>): Promise<FeedView> => {
  const feed = await owner.addFeed({ visibility: "everyone", ...settings });
  await owner.run(feed, [VALUE]);
  return feed;
};

const takeIn = (feed: FeedView): Promise<FeedView> =>
  subscribe(
    subscriber.actor,
    { ...subscriber.team, role: "owner" },
    { feedId: feed.id, policy: subscriptionPolicySchema.parse({}) },
  );

/** Carries out the run that waits for the subscription; says whether one did. */
const carryOut = async (subscription: FeedView): Promise<boolean> => {
  const waiting = await asTeam(subscriber.team.id, (tx) =>
    tx.feedRun.findFirst({ where: { feedId: subscription.id, state: "queued" }, select: { id: true } }),
  );
  if (waiting) await subscriber.carryOut(waiting.id);
  return waiting !== null;
};

/** What the subscriber's next plan does with the value, and why. */
const planned = async () => {
  const { id } = await plan(subscriber.actor, defender);
  const { items } = await listPlanItems({ id, teamId: subscriber.team.id }, { limit: 10, after: null });
  return items.map(({ value, operation, code }) => ({ value, operation, code }));
};

/** How often it was said that every plan of a team is behind. */
const changesOf = async (teamId: string): Promise<number> =>
  (
    await asTeam(teamId, (tx) =>
      tx.team.findUniqueOrThrow({ where: { id: teamId }, select: { changeCount: true } }),
    )
  ).changeCount;

const STORED = [{ value: VALUE, operation: "blocked", code: "store-only" }];
const SENT = [{ value: VALUE, operation: "add" }];

it("is said before a team subscribes, and its values are stored and never pushed there either", async () => {
  const feed = await share({ storeOnly: true });
  expect(await listSharedFeeds(subscriber.team.id)).toMatchObject([{ id: feed.id, storeOnly: true }]);

  const subscription = await takeIn(feed);
  await carryOut(subscription);

  expect(await getFeed(subscriber.actor, subscription.id)).toMatchObject({
    storeOnly: false,
    sourceStoreOnly: true,
  });
  expect(await subscriber.active()).toEqual([VALUE]);
  expect(await planned()).toEqual(STORED);
});

it("follows the owner's change in either direction by what is announced, a paused subscription too, without a run", async () => {
  const feed = await share({});
  const subscription = await takeIn(feed);
  await carryOut(subscription);
  expect(await planned()).toMatchObject(SENT);
  await updateFeed(subscriber.actor, subscription, { enabled: false });
  const announced = () =>
    asSystem("operations", (tx) =>
      tx.outbox.count({ where: { job: "feed.shared", data: { equals: { feedId: feed.id } } } }),
    );
  const before = await announced();

  await updateFeed(owner.actor, feed, { storeOnly: true });
  expect(await announced()).toBe(before + 1);
  await followShared(feed.id, new Date());
  expect(await planned()).toEqual(STORED);

  await updateFeed(owner.actor, feed, { storeOnly: false });
  // An announcement that was lost.
  await sweepSubscriptions(new Date());
  expect(await planned()).toMatchObject(SENT);
  expect(await carryOut(subscription)).toBe(false);
});

it("withdraws what was pushed before, and makes a plan made before stale", async () => {
  const feed = await share({});
  const subscription = await takeIn(feed);
  await carryOut(subscription);
  expect(await push(subscriber.actor, defender)).toMatchObject({ state: "done", counts: { accepted: 1 } });
  const changes = () => changesOf(subscriber.team.id);
  const before = await changes();

  await updateFeed(owner.actor, feed, { storeOnly: true });
  await followShared(feed.id, new Date());

  expect(await changes()).toBe(before + 1);
  expect(await planned()).toMatchObject([{ value: VALUE, operation: "remove" }]);
  // Nothing new is no change.
  await followShared(feed.id, new Date());
  expect(await changes()).toBe(before + 1);
});

it("makes plans of the owner's own stale, and gives his automatic connectors something to plan", async () => {
  const feed = await share({});
  const automatic = await connect(owner.actor, owner.team, "defender", { mode: "automatic" });
  const announced = () =>
    asSystem("operations", (tx) =>
      tx.outbox.count({ where: { job: "connector.plan", data: { equals: { connectorId: automatic.id } } } }),
    );
  const before = [await changesOf(owner.team.id), await announced()] as const;

  await updateFeed(owner.actor, feed, { storeOnly: true });
  await updateFeed(owner.actor, feed, { storeOnly: true });

  expect([await changesOf(owner.team.id), await announced()]).toEqual([before[0] + 1, before[1] + 1]);
});

it("is seen by a run before it takes what is new", async () => {
  const feed = await share({});
  const subscription = await takeIn(feed);
  await updateFeed(owner.actor, feed, { storeOnly: true });

  await carryOut(subscription);

  expect(await planned()).toEqual(STORED);
});

it("leaves the subscriber's own flag alone, and either keeps the values in", async () => {
  const feed = await share({ storeOnly: true });
  const subscription = await takeIn(feed);
  await carryOut(subscription);
  await updateFeed(subscriber.actor, subscription, { storeOnly: true });

  await updateFeed(owner.actor, feed, { storeOnly: false });
  await followShared(feed.id, new Date());

  expect(await getFeed(subscriber.actor, subscription.id)).toMatchObject({
    storeOnly: true,
    sourceStoreOnly: false,
  });
  expect(await planned()).toEqual(STORED);
  await updateFeed(subscriber.actor, subscription, { storeOnly: false });
  expect(await planned()).toMatchObject(SENT);
});
