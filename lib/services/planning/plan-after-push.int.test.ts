import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asDoer, type TeamAccess } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import {
  apply,
  connect,
  deliverMeanwhile,
  deliverToTheEnd,
  plan,
  push,
} from "@/lib/services/delivery/testing/desk";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { rollBackRun } from "@/lib/services/feeds/roll-back-run";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { getWithheld } from "@/lib/services/withheld/list-withheld";
import { withhold } from "@/lib/services/withheld/withhold";
import { useDestinations } from "@/lib/testing/destinations";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";

import { applyPlan } from "./apply-plan";
import { getPlan } from "./get-plan";
import { isPlanBehind } from "./is-plan-behind";
import { planAndApply } from "./plan-and-apply";

const server = useFeedServer();
const { database, remote } = useDestinations();

let desk: FeedDesk;
let access: TeamAccess;
let review: ConnectorView;
beforeAll(() => {
  // The feed's server is another one on this machine.
  process.env["FEED_ALLOWED_CIDRS"] = "127.0.0.0/8";
});
afterAll(() => {
  delete process.env["FEED_ALLOWED_CIDRS"];
});
beforeEach(async () => {
  desk = await openFeedDesk({ server });
  access = { ...desk.team, role: "owner" };
  review = await connect(desk.actor, desk.team, "defender");
});

const valuesThere = async () => (await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort();
const waiting = async () =>
  (await getTeamOverview(desk.actor, access, new Date())).attention.flatMap(({ kind, path }) =>
    kind === "unplanned" || kind === "waiting-plan" ? [`${kind} ${path}`] : [],
  );
const announced = async () =>
  database.asOwner(async (client) => {
    const { rowCount } = await client.query(
      "SELECT FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1",
      [review.id],
    );
    return rowCount;
  });
/** As the job does that the end of the push announces; gives the plan's id. */
const planAnew = async (): Promise<string> => {
  const outcome = await planAndApply(review.id);
  if (outcome.status !== "waits") throw new Error(`Nothing was planned: ${outcome.status}.`);
  return outcome.planId;
};
const carryOut = async (planId: string): Promise<void> => {
  const { hash } = await getPlan(desk.actor, planId);
  const doer = asDoer(desk.actor);
  await deliverToTheEnd((await applyPlan({ planId, teamId: desk.team.id, hash, doer })).id);
};

describe("a plan that was made while a push of its connector was under way", () => {
  it("is stale when that ends, and made anew with what it had brought: a run that is rolled back meanwhile is taken back", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const bad = await desk.run(feed, ["1.2.3.1", "4.4.4.4", "5.5.5.5"]);
    const pushId = await apply(desk.actor, review);
    let early = "";
    await deliverMeanwhile(pushId, async () => {
      const { plans } = await rollBackRun(desk.actor, bad);
      early = plans[0]?.id ?? "";
    });

    expect(await valuesThere()).toEqual(["1.2.3.1", "4.4.4.4", "5.5.5.5"]);
    const outdated = await getPlan(desk.actor, early);
    expect(outdated.state).toBe("stale");
    expect(outdated.staleBecause).toContain("A push of this connector ended after this plan was made");
    expect(await waiting()).toEqual([`unplanned connectors/${review.id}`]);
    expect(await isPlanBehind(review)).toBe(true);
    expect(await announced()).toBe(1);

    const planId = await planAnew();

    expect(await waiting()).toEqual([`waiting-plan plans/${planId}`]);
    expect((await getPlan(desk.actor, planId)).counts).toMatchObject({ add: 0, change: 0, remove: 2 });
    expect(await planAndApply(review.id)).toMatchObject({ status: "left" });
    await carryOut(planId);
    expect(await valuesThere()).toEqual(["1.2.3.1"]);
  });

  it("is stale at a connector that was paused meanwhile, and made anew when that is switched on", async () => {
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const pushId = await apply(desk.actor, review);
    await desk.run(feed, ["1.2.3.1", "6.6.6.6"]);
    const early = await plan(desk.actor, review);
    await updateConnector(desk.actor, review, { enabled: false });
    await deliverToTheEnd(pushId);
    expect((await getPlan(desk.actor, early.id)).staleBecause).toContain("when it is switched on");
    expect(await planAndApply(review.id)).toMatchObject({ status: "left" });
    await database.asOwner((client) => client.query("DELETE FROM outbox"));

    await updateConnector(desk.actor, review, { enabled: true });

    expect(await announced()).toBe(1);
    const planId = await planAnew();
    expect((await getPlan(desk.actor, planId)).counts).toMatchObject({ add: 1, change: 0, remove: 0 });
  });

  it("is left alone when what ended was of other values alone", async () => {
    const [bad, good] = [await desk.addFeed(), await desk.addFeed()];
    await desk.run(bad, ["4.4.4.4"]);
    await desk.run(good, ["1.2.3.1"]);
    await push(desk.actor, review);
    const target = { scope: "feed", id: bad.id } as const;
    const { id } = await withhold(desk.actor, access, { target, reason: "Wrong." });
    await carryOut((await getWithheld(desk.actor, id)).plans[0]?.id ?? "");
    await planAnew();
    await desk.run(good, ["1.2.3.1", "6.6.6.6"]);
    const other = await apply(desk.actor, review);

    await deliverToTheEnd(other);

    expect(await announced()).toBe(1);
  });
});

describe("a hold's own plan", () => {
  it("waits for nobody any more once the whole plan was carried out first", async () => {
    const bad = await desk.addFeed();
    await desk.run(bad, ["4.4.4.4", "5.5.5.5"]);
    await push(desk.actor, review);
    const target = { scope: "feed", id: bad.id } as const;
    const { id } = await withhold(desk.actor, access, { target, reason: "Wrong." });
    const [own] = (await getWithheld(desk.actor, id)).plans;

    await deliverToTheEnd(await apply(desk.actor, review));

    expect(await valuesThere()).toEqual([]);
    expect(await waiting()).toEqual([]);
    expect((await getPlan(desk.actor, own?.id ?? "")).staleBecause).toContain("took all of it back");
  });
});

describe("a plan that holds what a hold's own plan has taken back meanwhile", () => {
  it("is made anew, and then takes the held feed's words off what another feed names", async () => {
    const [bad, good] = [await desk.addFeed(), await desk.addFeed()];
    await desk.run(bad, ["4.4.4.4,by the bad feed", "5.5.5.5,by the bad feed"]);
    await desk.run(good, ["5.5.5.5,by the good feed"]);
    await push(desk.actor, review);
    const target = { scope: "feed", id: bad.id } as const;
    const { id } = await withhold(desk.actor, access, { target, reason: "Wrong." });
    expect(await waiting()).toHaveLength(2);

    await carryOut((await getWithheld(desk.actor, id)).plans[0]?.id ?? "");

    const planId = await planAnew();
    expect(await waiting()).toEqual([`waiting-plan plans/${planId}`]);
    expect((await getPlan(desk.actor, planId)).counts).toMatchObject({ add: 0, change: 1, remove: 0 });
    await carryOut(planId);
    expect(await valuesThere()).toEqual(["5.5.5.5"]);
    expect(JSON.stringify(await remote.defender())).not.toContain("by the bad feed");
  });
});
