import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { planLimitsSchema, type PlanLimits } from "@/lib/domain/delivery/plan-limits";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import {
  connect,
  deliverToTheEnd,
  plan,
  someValues,
  unvouch,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { getWithheld } from "@/lib/services/withheld/list-withheld";
import { withhold } from "@/lib/services/withheld/withhold";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { applyPlan } from "./apply-plan";
import { approvePlan } from "./approve-plan";
import { getPlan } from "./get-plan";
import { getPlanApproval } from "./get-plan-approval";
import { planRemovals } from "./plan-removals";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let one: Actor;
let other: Actor;
beforeEach(async () => {
  team = await makeTeam();
  one = await makeActor([[team, "owner"]]);
  other = await makeActor([[team, "owner"]]);
});

const limits = (given: Partial<PlanLimits>): PlanLimits => planLimitsSchema.parse(given);
type Made = { id: string; hash: string };
const applyAs = async (actor: Actor, { id, hash }: Made): Promise<void> => {
  const made = await applyPlan({ planId: id, teamId: team.id, hash, doer: asDoer(actor) });
  await deliverToTheEnd(made.id);
};
const approveAs = (actor: Actor, { id, hash }: Made) =>
  approvePlan(actor, { planId: id, teamId: team.id, hash });
const approvalFor = async (actor: Actor, { id }: Made) => getPlanApproval(actor, await getPlan(actor, id));
const anHourPasses = () =>
  database.asOwner((client) =>
    client.query("UPDATE plan SET applied_at = applied_at - interval '61 minutes'"),
  );

describe("what one person applies alone at a connector within an hour", () => {
  let defender: ConnectorView;
  beforeEach(async () => {
    defender = await connect(one, team, "defender", { approval: limits({ maxAdds: 3 }) });
    await vouch(team, someValues(2), { name: "First slice" });
    await applyAs(one, await plan(one, defender));
    await vouch(team, someValues(2), { name: "Second slice" });
  });

  const TOGETHER = "It adds 2, with the 2 of the last hour 4; the limit for one person alone is 3.";

  it("counts as one plan, however it is cut in slices", async () => {
    const made = await plan(one, defender);

    await expect(applyAs(one, made)).rejects.toThrow(
      `${TOGETHER} Somebody else has to approve or apply this plan.`,
    );
    expect(await approvalFor(one, made)).toMatchObject({
      reasons: [TOGETHER],
      othersMayApply: true,
      canApprove: false,
      canApply: false,
    });
    expect(await remote.defender()).toHaveLength(2);
  });

  it("is a second person's to go on with, by approving or by applying", async () => {
    const made = await plan(one, defender);
    expect(await approvalFor(other, made)).toMatchObject({ reasons: [], canApply: true });
    await approveAs(other, made);
    await applyAs(one, made);
    expect(await remote.defender()).toHaveLength(4);

    await vouch(team, someValues(2), { name: "Third slice" });
    const third = await plan(one, defender);
    await expect(applyAs(one, third)).rejects.toThrow("with the 2 of the last hour 4");
    await applyAs(other, third);
    expect(await remote.defender()).toHaveLength(6);
  });

  it("counts with what that one applied at another connector to the same place, also a deleted one", async () => {
    const beside = await connect(one, team, "defender", { approval: limits({ maxAdds: 5 }) });
    await updateConnector(other, beside, { confirmLimits: true });
    const made = await plan(one, beside);

    await expect(applyAs(one, made)).rejects.toThrow(
      "It adds 4, with the 2 of the last hour 6; the limit for one person alone is 5.",
    );
    await database.asOwner((client) =>
      client.query("UPDATE connector SET deleted_at = now(), enabled = false WHERE id = $1", [defender.id]),
    );
    await expect(applyAs(one, made)).rejects.toThrow("with the 2 of the last hour 6");
    await applyAs(other, made);
  });

  it("counts with what that one applies at another connector to the same place at the same moment", async () => {
    await anHourPasses();
    const beside = await connect(one, team, "defender", { approval: limits({ maxAdds: 5 }) });
    await updateConnector(other, beside, { confirmLimits: true });
    const plans = [await plan(one, defender), await plan(one, beside)];

    const ends = await Promise.allSettled(
      plans.map(({ id, hash }) => applyPlan({ planId: id, teamId: team.id, hash, doer: asDoer(one) })),
    );

    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });

  it("is free again when the hour is over", async () => {
    await anHourPasses();
    await applyAs(one, await plan(one, defender));
    expect(await remote.defender()).toHaveLength(4);
  });

  it("counts against the limits that held before somebody raised them, too", async () => {
    await updateConnector(one, defender, { approval: null });
    const made = await plan(one, defender);
    await expect(applyAs(one, made)).rejects.toThrow(`${TOGETHER} That was the limit before`);
    await applyAs(other, made);
    expect(await remote.defender()).toHaveLength(4);
  });

  it("holds for removals that are planned alone, as at a paused connector", async () => {
    await applyAs(other, await plan(one, defender));
    await anHourPasses();
    await updateConnector(other, defender, { approval: limits({ maxRemoves: 3 }), enabled: false });
    const values = (await remote.defender()).map(({ indicatorValue: value }) => value);
    const planWithout = async (from: number): Promise<Made> => {
      await unvouch(
        team,
        values.slice(from, from + 2).map((value) => ({ type: "domain", value }) as const),
      );
      const made = await planRemovals({
        connectorId: defender.id,
        teamId: team.id,
        doer: asDoer(one),
        isAsked: true,
      });
      if (!made) throw new Error("There must be something to remove.");
      return made;
    };
    await applyAs(one, await planWithout(0));

    const second = await planWithout(2);

    const together = "It removes 2, with the 2 of the last hour 4; the limit for one person alone is 3.";
    expect(await approvalFor(one, second)).toMatchObject({ reasons: [together], canApply: false });
    await expect(applyAs(one, second)).rejects.toThrow(together);
    expect(await remote.defender()).toHaveLength(2);
    await applyAs(other, second);
    expect(await remote.defender()).toHaveLength(0);
  });

  it("leaves out what was recalled: that waits for nobody and uses up nothing", async () => {
    await updateConnector(other, defender, { approval: limits({ maxRemoves: 1 }) });
    await applyAs(one, await plan(one, defender));
    const standing = (await remote.defender()).map(({ indicatorValue }) => indicatorValue);
    const target = readTarget("value", standing[0] ?? "");
    const { id } = await createRecall(one, team.id, { target, reason: "Ours.", until: null });
    await carryOutRecall(id, { signal });
    const { rows } = await database.asOwner((client) =>
      client.query<{ id: string }>("SELECT id FROM push WHERE connector_id = $1 AND urgent", [defender.id]),
    );
    await deliverToTheEnd(rows[0]?.id ?? "");
    await unvouch(team, [{ type: "domain", value: standing[1] ?? "" }]);

    await expect(applyAs(one, await plan(one, defender))).resolves.toBeUndefined();
  });
});

describe("a share of what stands", () => {
  let first: string;
  let second: string;
  let defender: ConnectorView;
  beforeEach(async () => {
    defender = await connect(one, team, "defender");
    first = await vouch(team, someValues(2), { name: "First" });
    second = await vouch(team, someValues(2), { name: "Second" });
    await applyAs(one, await plan(one, defender));
    await updateConnector(one, defender, { approval: limits({ maxRemovedPercent: 60 }) });
    await anHourPasses();
  });

  /** Holds back what a feed brought; gives the plan that takes it back. */
  const takeBack = async (feedId: string): Promise<Made> => {
    const access = { id: team.id, slug: team.slug, name: team.name, role: "owner" } as const;
    const { id } = await withhold(one, access, { target: { scope: "feed", id: feedId }, reason: "Wrong." });
    const [made] = (await getWithheld(one, id)).plans;
    return getPlan(one, made?.id ?? "");
  };

  it("is of what stands when a plan is applied, not when it was made: two halves are all", async () => {
    const [half, rest] = [await takeBack(first), await takeBack(second)];

    await applyAs(one, half);

    await expect(applyAs(other, rest)).rejects.toThrow(
      "It removes 100 % of the 2 that stand there; the limit for one person alone is 60 %.",
    );
    await expect(applyAs(one, rest)).rejects.toThrow(
      "With the 2 of the last hour it removes 100 % of the 4 that stand there",
    );
    expect(await remote.defender()).toHaveLength(2);
  });

  it("does not count as standing what another push is about to take away", async () => {
    const [half, rest] = [await takeBack(first), await takeBack(second)];
    await applyPlan({ planId: half.id, teamId: team.id, hash: half.hash, doer: asDoer(one) });

    await expect(applyAs(other, rest)).rejects.toThrow("It removes 100 % of the 2 that stand there");
    await approveAs(other, rest);
    await expect(
      applyPlan({ planId: rest.id, teamId: team.id, hash: rest.hash, doer: asDoer(one) }),
    ).resolves.toBeDefined();
  });
});
