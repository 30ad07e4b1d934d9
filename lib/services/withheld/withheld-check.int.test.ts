import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor, type TeamAccess } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getPush } from "@/lib/services/delivery/get-push";
import {
  apply,
  connect,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { getPlan } from "@/lib/services/planning/get-plan";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { checkLift } from "./check-lift";
import { checkWithhold } from "./check-withhold";
import { liftEndedHolds } from "./hold-end";
import { liftWithheld } from "./lift-withheld";
import { getWithheld, listWithheld } from "./list-withheld";
import { getOnItsWay } from "./on-its-way";
import { withhold } from "./withhold";

useDestinations();

let team: TestTeam;
let access: TeamAccess;
let actor: Actor;
let defender: ConnectorView;
let sentinel: ConnectorView;
let feed: string;
const [own, shared, others] = [someValues(3), someValues(2), someValues(1)];

beforeEach(async () => {
  team = await makeTeam();
  access = { id: team.id, slug: team.slug, name: team.name, role: "owner" };
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender", { name: "A Defender" });
  sentinel = await connect(actor, team, "sentinel", {
    name: "B Sentinel",
    selection: { minConfidence: 80 },
  });
  feed = await vouch(team, [...own, ...shared], { name: "Bad feed" });
  await vouch(team, shared, { name: "Doubtful feed", confidence: 60 });
  await vouch(team, others, { name: "Good feed" });
  await push(actor, defender);
  await push(actor, sentinel);
});

const hold = async (scope: "feed" | "team", until: Date | null = null) => {
  const target = scope === "team" ? { scope } : { scope, id: feed };
  const { id } = await withhold(actor, access, { target, reason: "It lists our partners.", until });
  return getWithheld(actor, id);
};

/** Applies a plan as it was reviewed and sends it. */
const carryOut = async (planId: string): Promise<void> => {
  const { hash } = await getPlan(actor, planId);
  const { id } = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
  await deliverToTheEnd(id);
};

describe("before a feed is held back", () => {
  it("each destination is told what would be taken back and what stays for another feed, and it comes true", async () => {
    const reach = await checkWithhold(actor, access, { scope: "feed", id: feed });

    // Sentinel takes nothing of what only the doubtful feed names.
    expect(reach).toMatchObject([
      {
        connectorId: defender.id,
        connector: "A Defender",
        mode: "review",
        enabled: true,
        remove: 3,
        stay: 2,
      },
      { connectorId: sentinel.id, connector: "B Sentinel", remove: 5, stay: 0 },
    ]);
    expect(await listWithheld(actor, [team.id])).toEqual([]);
    const { plans } = await hold("feed");
    expect(Object.fromEntries(plans.map(({ connectorId, remove }) => [connectorId, remove]))).toEqual({
      [defender.id]: 3,
      [sentinel.id]: 5,
    });
  });

  it("what waits in a push is told besides, before and on the plan, and is not sent", async () => {
    const [more, inBoth] = [someValues(4), someValues(1)];
    const late = await vouch(team, [...more, ...inBoth], { name: "Late feed" });
    await vouch(team, inBoth, { name: "Another feed" });
    const pushId = await apply(actor, defender);

    const reach = await checkWithhold(actor, access, { scope: "feed", id: late });
    expect(reach).toMatchObject([
      { connectorId: defender.id, remove: 0, stay: 0, onItsWay: [{ pushId, count: 4 }] },
      { connectorId: sentinel.id, remove: 0, stay: 0, onItsWay: [] },
    ]);

    const target = { scope: "feed", id: late } as const;
    const { id: holdId } = await withhold(actor, access, { target, reason: "It is late.", until: null });
    const asked = { teamId: team.id, connectorId: defender.id };
    expect(await getOnItsWay({ ...asked, holdId })).toMatchObject([{ pushId, count: 4 }]);
    const { id: planId } = await plan(actor, defender);
    expect(await getOnItsWay({ ...asked, planId })).toMatchObject([{ pushId, count: 4 }]);

    await deliverToTheEnd(pushId);
    expect((await getPush(actor, pushId)).counts).toMatchObject({ accepted: 0, skipped: 5 });
    expect(await getOnItsWay({ ...asked, holdId })).toEqual([]);
  });

  it("everything of a team is told to be all that the team has sent", async () => {
    expect(await checkWithhold(actor, access, { scope: "team" })).toMatchObject([
      { connectorId: defender.id, remove: 6, stay: 0 },
      { connectorId: sentinel.id, remove: 6, stay: 0 },
    ]);
  });

  it("another team's feed is unknown", async () => {
    const stranger = await makeTeam();
    const theirs = await vouch(stranger, someValues(1), { name: "Theirs" });
    await expect(checkWithhold(actor, access, { scope: "feed", id: theirs })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("before a hold is lifted", () => {
  it("each destination is told what would be sent again, and nothing is changed", async () => {
    const made = await hold("feed");
    for (const { id } of made.plans) await carryOut(id);
    await push(actor, defender);
    await push(actor, sentinel);

    expect(await checkLift(made)).toMatchObject([
      { connectorId: defender.id, add: 3, change: 2, keep: 0 },
      { connectorId: sentinel.id, add: 5, change: 0 },
    ]);
    expect(await getWithheld(actor, made.id)).toMatchObject({ liftedAt: null });
  });
});

describe("while a hold's plans wait", () => {
  it("a plan that would take back the same beside the hold's own is not asked for twice", async () => {
    const made = await hold("feed");
    const { counts } = await plan(actor, defender);
    expect(counts).toMatchObject({ add: 0, change: 2, remove: 3 });
    await plan(actor, sentinel);

    const { attention } = await getTeamOverview(actor, access, new Date());
    const waiting = attention.flatMap(({ kind, path }) => (kind === "waiting-plan" ? [path] : []));
    const ofHold = made.plans.map(({ id }) => `plans/${id}`);
    expect(waiting.filter((path) => ofHold.includes(path))).toHaveLength(2);
    // Defender's has two changes besides, which the hold's plan leaves; Sentinel's has the same five removals.
    expect(waiting).toHaveLength(3);
  });
});

describe("once a hold is lifted", () => {
  it("a plan waits at each connector in review, and those that would take it back are void", async () => {
    const made = await hold("feed");
    const taking = made.plans.map(({ id }) => id);

    const plans = await liftWithheld(actor, made);

    expect(plans.map(({ connectorId }) => connectorId)).toEqual([defender.id, sentinel.id]);
    for (const planId of taking) {
      const { state, hash, superseded } = await getPlan(actor, planId);
      expect({ state, isReplaced: superseded?.by }).toEqual({
        state: "stale",
        isReplaced: expect.any(String) as string,
      });
      await expect(applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) })).rejects.toMatchObject({
        code: "stale",
      });
    }
    expect((await getWithheld(actor, made.id)).plans).toEqual([]);
    const { attention } = await getTeamOverview(actor, access, new Date());
    expect(attention.filter(({ kind }) => kind === "unplanned" || kind === "waiting-plan")).toEqual([]);
  });

  it("what was taken back comes with the plan that waits", async () => {
    const made = await hold("feed");
    const planId = made.plans.find(({ connectorId }) => connectorId === defender.id)?.id ?? "";
    await carryOut(planId);
    await push(actor, defender);

    const plans = await liftWithheld(actor, made);

    expect(plans.find(({ connectorId }) => connectorId === defender.id)).toMatchObject({ add: 3, change: 2 });
    const { attention } = await getTeamOverview(actor, access, new Date());
    const waiting = attention.filter(({ kind }) => kind === "waiting-plan");
    expect(waiting).toMatchObject([{ message: "A Defender: a plan with 5 changes waits to be applied." }]);
  });

  it("by its end, no plan that would take it back is left to be applied", async () => {
    const until = new Date(Date.now() + 3_600_000);
    const made = await hold("team", until);
    expect(made.plans).toHaveLength(2);

    await liftEndedHolds(new Date(until.getTime() + 1_000));

    expect((await getWithheld(actor, made.id)).plans).toEqual([]);
    for (const { id } of made.plans) expect(await getPlan(actor, id)).toMatchObject({ state: "stale" });
  });
});
