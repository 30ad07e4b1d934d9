import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asDoer, type TeamAccess } from "@/lib/domain/access/actor";
import { planLimitsSchema } from "@/lib/domain/delivery/plan-limits";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { stopPush } from "@/lib/services/delivery/finish-push";
import { claimPush } from "@/lib/services/delivery/push-lease";
import { resumePush } from "@/lib/services/delivery/resume-push";
import { getObstacle } from "@/lib/services/delivery/stopped-push";
import { connect, deliverToTheEnd, plan, push } from "@/lib/services/delivery/testing/desk";
import { rollBackRun } from "@/lib/services/feeds/roll-back-run";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { withhold } from "@/lib/services/withheld/withhold";
import { useDestinations } from "@/lib/testing/destinations";
import { openFeedDesk, type FeedDesk } from "@/lib/testing/feed-desk";
import { useFeedServer } from "@/lib/testing/feed-server";
import { makeActor } from "@/lib/testing/people";

import { applyPlan } from "./apply-plan";
import { approvePlan } from "./approve-plan";
import { createPlan } from "./create-plan";
import { getPlan } from "./get-plan";
import { planRemovals } from "./plan-removals";

const server = useFeedServer();
const { database, remote } = useDestinations();

let desk: FeedDesk;
let access: TeamAccess;
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
});

const valuesThere = async () => (await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort();
const attention = async () => (await getTeamOverview(desk.actor, access, new Date())).attention;
const applyAs = (made: { id: string; hash: string }) =>
  applyPlan({ planId: made.id, teamId: desk.team.id, hash: made.hash, doer: asDoer(desk.actor) });
const pause = (connector: ConnectorView) => updateConnector(desk.actor, connector, { enabled: false });
const removalsOf = ({ id: connectorId, teamId }: ConnectorView) =>
  planRemovals({ connectorId, teamId, doer: asDoer(desk.actor), isAsked: true });

describe("at a paused connector", () => {
  it.each(["review", "automatic"] as const)(
    "in %s mode a run that is rolled back is taken back by a plan that brings nothing and may be applied",
    async (mode) => {
      const defender = await connect(desk.actor, desk.team, "defender", { name: "Paused Defender", mode });
      const feed = await desk.addFeed();
      await desk.run(feed, ["1.2.3.1"]);
      const bad = await desk.run(feed, ["1.2.3.1", "4.4.4.4"]);
      await push(desk.actor, defender);
      await pause(defender);
      await desk.run(await desk.addFeed(), ["6.6.6.6"]);

      const { plans } = await rollBackRun(desk.actor, bad);

      expect(plans).toMatchObject([{ connectorId: defender.id, add: 0, change: 0, remove: 1 }]);
      const made = await getPlan(desk.actor, plans[0]?.id ?? "");
      expect(made).toMatchObject({ isPartial: true, goesWhilePaused: true });
      expect(await attention()).toContainEqual({
        kind: "waiting-plan",
        message:
          "Paused Defender is paused: a plan that takes back 1 (not wanted any more) waits to be applied.",
        path: `plans/${made.id}`,
      });
      await expect(applyAs(await plan(desk.actor, defender))).rejects.toThrow("is switched off");

      await deliverToTheEnd((await applyAs(made)).id);

      expect(await valuesThere()).toEqual(["1.2.3.1"]);
      expect(await attention()).toEqual([]);
      expect(await removalsOf(defender)).toBeNull();
    },
  );

  it("such a plan is asked for once more when it was stale, and of two the newer stays", async () => {
    const defender = await connect(desk.actor, desk.team, "defender");
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const bad = await desk.run(feed, ["1.2.3.1", "4.4.4.4", "5.5.5.5"]);
    await push(desk.actor, defender);
    await pause(defender);
    const { plans } = await rollBackRun(desk.actor, bad);
    await desk.run(await desk.addFeed(), ["5.5.5.5"]);

    const stale = await getPlan(desk.actor, plans[0]?.id ?? "");
    await expect(applyAs(stale)).rejects.toMatchObject({ code: "stale" });
    expect((await attention()).map(({ kind, path }) => [kind, path])).toEqual([
      ["unplanned", `connectors/${defender.id}`],
    ]);

    const made = await removalsOf(defender);
    expect(made?.counts).toMatchObject({ add: 0, change: 0, remove: 1 });
    await expect(getPlan(desk.actor, stale.id)).rejects.toMatchObject({ code: "not_found" });
  });

  it("a hold's own plan waits on the overview, and no other one of the same values", async () => {
    const defender = await connect(desk.actor, desk.team, "defender", { name: "Defender" });
    const feed = await desk.addFeed({ name: "Bad list" });
    await desk.run(feed, ["4.4.4.4"]);
    await push(desk.actor, defender);
    await pause(defender);

    const target = { scope: "feed", id: feed.id } as const;
    await withhold(desk.actor, access, { target, reason: "Wrong." });

    expect((await attention()).map(({ message }) => message)).toEqual([
      "Defender: a plan that takes back 1 (Bad list) waits to be applied.",
    ]);
  });

  it("a push that takes back and was stopped is resumed", async () => {
    const defender = await connect(desk.actor, desk.team, "defender");
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const bad = await desk.run(feed, ["1.2.3.1", "4.4.4.4"]);
    await push(desk.actor, defender);
    await pause(defender);
    const { plans } = await rollBackRun(desk.actor, bad);
    const { id } = await applyAs(await getPlan(desk.actor, plans[0]?.id ?? ""));
    const open = await claimPush(id, "7a000001-0a1b-4c2d-8e3f-000000000001");
    if (!open) throw new Error("Somebody else has it.");
    await stopPush(open, "Its secret was refused.");
    const stopped = { id, teamId: desk.team.id };
    expect(await getObstacle(stopped)).toBeNull();

    await resumePush({ pushId: id, teamId: desk.team.id, doer: asDoer(desk.actor) });
    await deliverToTheEnd(id);

    expect(await valuesThere()).toEqual(["1.2.3.1"]);
  });
});

describe("planning removals", () => {
  const stand = async () => {
    const approval = planLimitsSchema.parse({ maxRemoves: 1 });
    const defender = await connect(desk.actor, desk.team, "defender", { approval });
    const feed = await desk.addFeed();
    await desk.run(feed, ["1.2.3.1"]);
    const bad = await desk.run(feed, ["1.2.3.1", "4.4.4.4", "5.5.5.5"]);
    await push(desk.actor, defender);
    return { defender, bad };
  };

  it("spares the plan of a recall that is about to be applied, and what somebody else approved", async () => {
    const { defender, bad } = await stand();
    await pause(defender);
    await rollBackRun(desk.actor, bad);
    const approved = await removalsOf(defender);
    if (!approved) throw new Error("There must be something to remove.");
    const { id: planId, hash } = approved;
    const other = await makeActor([[desk.team, "owner"]]);
    await approvePlan(other, { planId, teamId: desk.team.id, hash });
    const recalled = await createPlan({
      ...{ connectorId: defender.id, teamId: desk.team.id, doer: asDoer(desk.actor), isDecided: true },
      only: { ids: await idsOf("4.4.4.4"), operations: "remove" },
    });

    await removalsOf(defender);

    expect(await getPlan(desk.actor, recalled.id)).toMatchObject({ state: "draft", counts: { remove: 1 } });
    await deliverToTheEnd((await applyAs(approved)).id);
    expect(await valuesThere()).toEqual(["1.2.3.1"]);
  });

  it("keeps no recall from being carried out, even where its plan was taken away before it was applied", async () => {
    await stand();
    await loseNextPlan();
    const target = readTarget("value", "4.4.4.4");
    const { id } = await createRecall(desk.actor, desk.team.id, { target, reason: "Ours.", until: null });

    expect(await carryOutRecall(id, { signal: new AbortController().signal })).toEqual({
      matched: 1,
      pushes: 1,
    });
  });

  const idsOf = (value: string): Promise<string[]> =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ id: string }>("SELECT id FROM indicator WHERE value = $1", [
        value,
      ]);
      return rows.map(({ id }) => id);
    });
  /** As if somebody deleted the next plan right after it was made. */
  const loseNextPlan = () =>
    database.asOwner((client) =>
      client.query(`
        CREATE TABLE lost_plan (id uuid);
        CREATE FUNCTION lose_plan() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
          IF NOT EXISTS (SELECT FROM lost_plan) THEN
            INSERT INTO lost_plan VALUES (NEW.subject_id::uuid);
            DELETE FROM plan_item WHERE plan_id = NEW.subject_id::uuid;
            DELETE FROM plan WHERE id = NEW.subject_id::uuid;
          END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER lose_plan AFTER INSERT ON audit_entry FOR EACH ROW WHEN (NEW.action = 'plan.create')
          EXECUTE FUNCTION lose_plan()`),
    );
});
