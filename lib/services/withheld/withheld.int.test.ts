import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { bulkAsTeam } from "@/lib/db/scope";
import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import type { WithheldTarget } from "@/lib/domain/delivery/withhold-input";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { announcePlansSql } from "@/lib/services/planning/announce-plans";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { getPlan } from "@/lib/services/planning/get-plan";
import { getPush } from "@/lib/services/delivery/get-push";
import { listPlans } from "@/lib/services/planning/list-plans";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import {
  apply,
  connect,
  deliverToTheEnd,
  openOneByOne,
  forgetDestinations,
  plan,
  push,
  someValues,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { checkWithholdEverywhere } from "./check-withhold-everywhere";
import { liftEndedHolds, setHoldEnd } from "./hold-end";
import { liftWithheld } from "./lift-withheld";
import { findHolds } from "./find-holds";
import { getWithheld, listWithheld } from "./list-withheld";
import { withhold } from "./withhold";
import { withholdEverywhere } from "./withhold-everywhere";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let access: TeamAccess;
let actor: Actor;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  access = { id: team.id, slug: team.slug, name: team.name, role: "owner" };
  actor = await makeActor([[team, "owner"]]);
});

const REASON = "It lists our own partners.";
const makeHold = async (target: WithheldTarget, until: Date | null = null) =>
  getWithheld(actor, (await withhold(actor, access, { target, reason: REASON, until })).id);
const holdFeed = (id: string) => makeHold({ scope: "feed", id });
const standing = async (): Promise<string[]> =>
  (await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort();
const valuesOf = (vouched: readonly Vouched[]): string[] => vouched.map(({ value }) => value).sort();

/** Applies a plan as it was reviewed and sends it. */
const carryOut = async (planId: string): Promise<void> => {
  const { hash } = await getPlan(actor, planId);
  const { id } = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
  expect(await deliverToTheEnd(id)).toBe("done");
};

describe("a feed that a person holds back", () => {
  let defender: ConnectorView;
  const [own, shared, others] = [someValues(3), someValues(2), someValues(1)];
  let feed: string;
  beforeEach(async () => {
    defender = await connect(actor, team, "defender");
    feed = await vouch(team, [...own, ...shared], { name: "Bad feed", comment: "by the bad feed" });
    await vouch(team, [...shared, ...others], { name: "Good feed" });
    await push(actor, defender);
  });

  it("is taken back by a plan of exactly what only it vouches for, and stays away until the hold is lifted", async () => {
    const hold = await holdFeed(feed);

    expect(hold).toMatchObject({ subject: "Bad feed", reason: REASON, liftedAt: null });
    expect(hold.plans).toMatchObject([{ connectorId: defender.id, state: "draft", remove: 3 }]);
    expect(await standing()).toHaveLength(6);
    const planId = hold.plans[0]?.id ?? "";
    const { attention } = await getTeamOverview(actor, access, new Date());
    expect(attention).toContainEqual(
      expect.objectContaining({ kind: "waiting-plan", path: `plans/${planId}` }),
    );

    await carryOut(planId);
    expect(await standing()).toEqual(valuesOf([...shared, ...others]));

    // The next plan does not put it there again, says why, and takes the feed's words off what others vouch for.
    const next = await getPlan(actor, (await plan(actor, defender)).id);
    expect(next.counts).toMatchObject({ add: 0, change: 2, remove: 0, blocked: 3 });
    const { items } = await listPlanItems(next, { operation: "blocked", limit: 10, after: null });
    expect(items.map(({ code, reason }) => `${code}: ${reason}`)).toEqual(
      Array.from({ length: 3 }, () => `withheld: A person holds it back: ${REASON}`),
    );

    await liftWithheld(actor, hold);
    await expect(liftWithheld(actor, hold)).rejects.toMatchObject({ code: "conflict" });
    await push(actor, defender);
    expect(await standing()).toEqual(valuesOf([...own, ...shared, ...others]));
  });

  it("is told on the pages of its values and of the feed, until it is lifted", async () => {
    const hold = await holdFeed(feed);
    const holdsOf = async ([one]: readonly Vouched[]) =>
      one === undefined ? [] : (await traceIndicator(actor, indicatorId(one.type, one.value))).holds;
    const told = { id: hold.id, subject: "Bad feed", reason: REASON, by: hold.createdBy };
    expect(await holdsOf(own)).toMatchObject([{ ...told, isAll: true }]);
    expect(await holdsOf(shared)).toMatchObject([{ ...told, isAll: false }]);
    expect(await holdsOf(others)).toEqual([]);
    expect(await findHolds(actor, { teamId: team.id, feedId: feed })).toMatchObject({
      ofAll: [{ id: hold.id }],
      ofRun: null,
    });
    const [one] = own;
    if (!one) throw new Error("There must be one.");
    const { decisions } = await traceIndicator(actor, indicatorId(one.type, one.value));
    expect(decisions).toMatchObject([
      { policyNow: { action: null, by: `A person holds it back: ${REASON}` } },
    ]);

    await liftWithheld(actor, hold);
    expect(await holdsOf(own)).toEqual([]);
    expect((await findHolds(actor, { teamId: team.id, feedId: feed })).ofAll).toEqual([]);
  });

  it("is sent no further by the push that is under way", async () => {
    const more = someValues(700);
    const another = await vouch(team, more, { name: "Another bad feed" });
    const pushId = await apply(actor, defender);
    let isHeld = false;
    await deliverPush(pushId, {
      signal,
      open: (settings) => {
        const destination = openOneByOne(settings);
        return {
          ...destination,
          push: async (batch, given) => {
            const answer = await destination.push(batch, given);
            if (!isHeld) await holdFeed(another);
            isHeld = true;
            return answer;
          },
        };
      },
    });

    const { counts } = await getPush(actor, pushId);
    expect(counts).toMatchObject({ accepted: 500, skipped: 200 });
    const [hold] = await listWithheld(actor, [team.id]);
    expect(hold?.plans).toMatchObject([{ remove: 500 }]);
  });

  it("goes out again by itself when its end comes, which may be moved", async () => {
    const now = new Date();
    const until = new Date(now.getTime() + 3_600_000);
    const hold = await makeHold({ scope: "feed", id: feed }, until);
    expect(hold.until).toEqual(until);
    const past = new Date(now.getTime() - 1_000);
    await expect(setHoldEnd(actor, hold, past)).rejects.toMatchObject({ code: "invalid_input" });
    await setHoldEnd(actor, hold, new Date(until.getTime() + 3_600_000));
    expect(await liftEndedHolds(new Date(until.getTime() + 60_000))).toBe(0);
    expect((await plan(actor, defender)).counts).toMatchObject({ remove: 3 });

    expect(await liftEndedHolds(new Date(until.getTime() + 3_660_000))).toBe(1);
    expect(await liftEndedHolds(new Date(until.getTime() + 3_660_000))).toBe(0);

    expect(await getWithheld(actor, hold.id)).toMatchObject({ liftedBy: "Its end" });
    expect((await plan(actor, defender)).counts).toMatchObject({ remove: 0, keep: 6 });
    await expect(setHoldEnd(actor, hold, null)).rejects.toMatchObject({ code: "conflict" });
    const { rows } = await database.asOwner((client) =>
      client.query<{ action: string; actor: string | null }>(
        "SELECT action, actor_id AS actor FROM audit_entry WHERE subject_id = $1 ORDER BY id",
        [hold.id],
      ),
    );
    expect(rows.map(({ action }) => action)).toEqual([
      "withheld.create",
      "withheld.set-end",
      "withheld.lift",
    ]);
    expect(rows.at(-1)?.actor).toBeNull();
  });

  it("is held back once", async () => {
    await holdFeed(feed);
    await expect(holdFeed(feed)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("what one run added", () => {
  it("is held back by value, and not what was there before or came later", async () => {
    const defender = await connect(actor, team, "defender");
    const [before, added, changed] = [someValues(2), someValues(2), someValues(1)];
    const feed = await vouch(team, [...before, ...changed], { name: "Feed" });
    const runId = await bulkAsTeam(team.id, async (client) => {
      const other = await vouch(team, added, { name: "Stand-in" });
      const { rows } = await client.query<{ id: string }>(
        "INSERT INTO feed_run (id, feed_id, team_id, number, trigger, state) VALUES (gen_random_uuid(), $1, $2, 2, 'manual', 'succeeded') RETURNING id",
        [feed, team.id],
      );
      // As run 2 of the feed leaves it: the added values begin with it, and one of before has other words.
      await client.query(
        "UPDATE attribution SET feed_id = $1, from_generation = 2 WHERE feed_id = $2 AND team_id = $3",
        [feed, other, team.id],
      );
      await client.query(
        `WITH closed AS (
           UPDATE attribution a SET until_generation = 2 FROM indicator i
           WHERE a.feed_id = $1 AND i.id = a.indicator_id AND i.value = $2 AND a.until_generation IS NULL RETURNING a.*
         )
         INSERT INTO attribution (feed_id, team_id, indicator_id, from_generation, line, confidence, tlp, tags, comment,
           threat_type, first_seen, last_seen, fingerprint)
         SELECT feed_id, team_id, indicator_id, 2, line, confidence, tlp, tags, 'new words', threat_type, first_seen, last_seen, 1
         FROM closed`,
        [feed, changed[0]?.value],
      );
      await announcePlansSql(client, team.id);
      return rows[0]?.id ?? "";
    });
    await push(actor, defender);
    expect(await standing()).toEqual(valuesOf([...before, ...added, ...changed]));

    const hold = await makeHold({ scope: "run", id: runId });
    expect(hold.subject).toBe("what run 2 of Feed added");
    await carryOut(hold.plans[0]?.id ?? "");
    expect(await standing()).toEqual(valuesOf([...before, ...changed]));
  });
});

describe("everything of a team", () => {
  it("is taken back by an automatic connector at once, before its other pushes, where that is within its limits", async () => {
    const values = someValues(3);
    const limits = { maxAdds: null, maxRemoves: 5, maxRemovedPercent: null };
    const defender = await connect(actor, team, "defender", { automaticLimits: limits });
    await vouch(team, values, { name: "Feed" });
    await push(actor, defender);
    await database.asOwner((client) =>
      client.query("UPDATE connector SET mode = 'automatic' WHERE id = $1", [defender.id]),
    );

    const { plans } = await makeHold({ scope: "team" });

    const [made] = plans;
    expect(made).toMatchObject({ state: "applied", remove: 3 });
    const { rows } = await database.asOwner((client) =>
      client.query<{ id: string; urgent: boolean }>("SELECT id, urgent FROM push WHERE plan_id = $1", [
        made?.id,
      ]),
    );
    expect(rows[0]?.urgent).toBe(true);
    await deliverToTheEnd(rows[0]?.id ?? "");
    expect(await standing()).toEqual([]);
  });

  it("is left to a person where that is beyond the limits, the share counted of all that stands", async () => {
    const [some, many] = [someValues(2), someValues(8)];
    const limits = { maxAdds: null, maxRemoves: null, maxRemovedPercent: 20 };
    const defender = await connect(actor, team, "defender", { approval: limits });
    const feed = await vouch(team, some, { name: "Small" });
    await vouch(team, many, { name: "Large" });
    await push(actor, defender);

    const small = await holdFeed(feed);
    expect((await getPlan(actor, small.plans[0]?.id ?? "")).counts).toMatchObject({ remove: 2, keep: 8 });
    await carryOut(small.plans[0]?.id ?? "");
    const planId = (await makeHold({ scope: "team" })).plans[0]?.id ?? "";
    await expect(carryOut(planId)).rejects.toThrow(
      "With the 2 of the last hour it removes 100 % of the 10 that stand there",
    );
  });
});

describe("a hold", () => {
  it("is planned at all other connectors where one cannot, and says where and why", async () => {
    const broken = await connect(actor, team, "sentinel", { name: "A Sentinel" });
    const defender = await connect(actor, team, "defender", { name: "B Defender" });
    const feed = await vouch(team, someValues(1), { name: "Bad feed" });
    await push(actor, broken);
    await push(actor, defender);
    await database.asOwner((client) =>
      client.query("UPDATE connector SET rules = '5' WHERE id = $1", [broken.id]),
    );

    const { id, notPlanned } = await withhold(actor, access, {
      target: { scope: "feed", id: feed },
      reason: REASON,
    });

    expect(notPlanned).toEqual([
      { connectorId: broken.id, connector: "A Sentinel", message: expect.any(String) as unknown },
    ]);
    expect((await getWithheld(actor, id)).plans).toMatchObject([{ connectorId: defender.id, remove: 1 }]);
  });

  it("takes its action and words off what another feed names, by a plan that is made at once for a person", async () => {
    const values = someValues(2);
    await vouch(team, values, { name: "Good feed" });
    const strict = await vouch(team, values, { name: "Strict feed" });
    const rules = [{ when: { feeds: [strict] }, action: "Block" }];
    const defender = await connect(actor, team, "defender", { rules });
    await push(actor, defender);
    expect((await remote.defender()).filter(({ action }) => action === "Block")).toHaveLength(2);

    await holdFeed(strict);

    const { plans } = await listPlans(defender, { limit: 1, after: null });
    expect(plans).toMatchObject([
      { isPartial: false, state: "draft", counts: { add: 0, change: 2, remove: 0 } },
    ]);
    await carryOut(plans[0]?.id ?? "");
    expect((await remote.defender()).filter(({ action }) => action === "Block")).toEqual([]);
  });
});

describe("a feed that an administrator holds back everywhere", () => {
  it("is held back in its own team and in those that take it, and by nobody else", async () => {
    const other = await makeTeam();
    const administrator = await makeActor(
      [
        [team, "owner"],
        [other, "owner"],
      ],
      { isAdministrator: true },
    );
    const [mine, theirs] = [someValues(1), someValues(1)];
    const feed = await vouch(team, mine, { name: "Shared", visibility: "everyone" });
    const taken = await vouch(other, theirs, { name: "Taken" });
    await database.asOwner((client) =>
      client.query("UPDATE feed SET source_feed_id = $1, kind = 'subscription' WHERE id = $2", [feed, taken]),
    );

    await expect(withholdEverywhere(actor, { feedId: feed, reason: REASON })).rejects.toMatchObject({
      code: "forbidden",
    });
    for (const [by, side] of [
      [team, actor],
      [other, administrator],
    ] as const)
      await push(side, await connect(administrator, by, "defender", { app: "TPI_TeamB" }));
    await expect(checkWithholdEverywhere(actor, feed)).rejects.toMatchObject({ code: "forbidden" });
    expect(await checkWithholdEverywhere(administrator, feed)).toEqual({
      ...{ teams: 2, remove: 2, onItsWay: 0 },
    });
    const isOwnLeftOut = true;
    expect(await checkWithholdEverywhere(administrator, feed, { isOwnLeftOut })).toEqual({
      ...{ teams: 1, remove: 1, onItsWay: 0 },
    });

    const held = await withholdEverywhere(administrator, { feedId: feed, reason: REASON });

    expect(held).toMatchObject([{ notPlanned: [] }, { notPlanned: [] }]);
    const found = await listWithheld(administrator, [team.id, other.id]);
    expect(found.map(({ teamId, feedId }) => [teamId, feedId]).sort()).toEqual(
      [
        [team.id, feed],
        [other.id, taken],
      ].sort(),
    );
  });
});
