import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";

import { getPush } from "@/lib/services/delivery/get-push";
import { apply, connect, deliverToTheEnd, push } from "@/lib/services/delivery/testing/desk";
import { useDestinations } from "@/lib/testing/destinations";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";

import { checkRollBack } from "./check-roll-back";
import { rollBackRun } from "./roll-back-run";

const server = useFeedServer();
const { database } = useDestinations();

let desk: FeedDesk;
beforeAll(() => {
  // The feed's server is another one on this machine.
  process.env["FEED_ALLOWED_CIDRS"] = "127.0.0.0/8";
});
afterAll(() => {
  delete process.env["FEED_ALLOWED_CIDRS"];
});
beforeEach(async () => {
  desk = await openFeedDesk({ server });
});

it("says before a rollback how much of what stands nobody vouches for any more, destination by destination, and plans just that", async () => {
  const review = await connect(desk.actor, desk.team, "defender", { name: "A Defender" });
  const sentinel = await connect(desk.actor, desk.team, "sentinel", { name: "B Sentinel" });
  const [feed, other] = [await desk.addFeed(), await desk.addFeed()];
  await desk.run(feed, ["1.2.3.1", "5.5.5.5"]);
  await desk.run(other, ["4.4.4.4"]);
  const run = await desk.run(feed, ["1.2.3.1", "4.4.4.4", "6.6.6.6", "7.7.7.7"]);
  expect((await push(desk.actor, review)).counts).toMatchObject({ accepted: 4, failed: 0 });

  const reach = await checkRollBack(run);

  expect(reach).toEqual([
    {
      connectorId: review.id,
      connector: "A Defender",
      mode: "review",
      enabled: true,
      remove: 2,
      onItsWay: [],
    },
    {
      ...{ connectorId: sentinel.id, connector: "B Sentinel", mode: "review", enabled: true },
      ...{ remove: 0, onItsWay: [] },
    },
  ]);
  const { plans } = await rollBackRun(desk.actor, run);
  expect(plans.map(({ connectorId, remove }) => [connectorId, remove])).toEqual([
    [review.id, 2],
    [sentinel.id, 0],
  ]);
  await expect(checkRollBack(run)).rejects.toMatchObject({ code: "conflict" });
});

it("counts what another feed names as well where the connector does not take that one, or no longer by its former words", async () => {
  const [feed, other] = [await desk.addFeed({ confidence: 75 }), await desk.addFeed({ confidence: 75 })];
  await desk.run(other, ["4.4.4.4", "7.7.7.7"]);
  const selection = { feeds: [feed.id], minConfidence: 60 };
  const picky = await connect(desk.actor, desk.team, "defender", { selection });
  await desk.run(feed, ["1.2.3.1", "5.5.5.5"]);
  await database.asOwner((client) =>
    client.query("UPDATE attribution SET confidence = 40 WHERE feed_id = $1", [feed.id]),
  );
  const run = await desk.run(feed, ["1.2.3.1", "4.4.4.4", "5.5.5.5,in other words"]);
  expect((await push(desk.actor, picky)).counts).toMatchObject({ accepted: 2 });

  expect(await checkRollBack(run)).toMatchObject([{ connectorId: picky.id, remove: 2 }]);

  expect(await desk.live(feed)).toEqual(["1.2.3.1", "4.4.4.4", "5.5.5.5"]);
  const { plans } = await rollBackRun(desk.actor, run);
  expect(plans).toMatchObject([{ connectorId: picky.id, remove: 2 }]);
});

it("tells besides what waits in a push and nobody vouches for any more, which then is not sent", async () => {
  const review = await connect(desk.actor, desk.team, "defender", { name: "A Defender" });
  const sentinel = await connect(desk.actor, desk.team, "sentinel", { name: "B Sentinel" });
  const [feed, other] = [await desk.addFeed(), await desk.addFeed()];
  await desk.run(feed, ["1.2.3.1"]);
  await desk.run(other, ["4.4.4.4"]);
  const run = await desk.run(feed, ["1.2.3.1", "4.4.4.4", "6.6.6.6", "7.7.7.7"]);
  const pushId = await apply(desk.actor, review);

  expect(await checkRollBack(run)).toMatchObject([
    { connectorId: review.id, remove: 0, onItsWay: [{ pushId, count: 2 }] },
    { connectorId: sentinel.id, remove: 0, onItsWay: [] },
  ]);

  await rollBackRun(desk.actor, run);
  await deliverToTheEnd(pushId);
  expect((await getPush(desk.actor, pushId)).counts).toMatchObject({ accepted: 2, skipped: 2 });
});
