import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getPush } from "@/lib/services/delivery/get-push";
import { stopConnector, startConnector } from "@/lib/services/delivery/switch-sending";
import {
  apply,
  connect,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import type { MadePlan } from "@/lib/services/planning/create-plan";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getBesideWithdrawal } from "./on-its-way";

const { remote } = useDestinations();

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const beside = ({ id: planId }: MadePlan) =>
  getBesideWithdrawal({ teamId: team.id, connectorId: defender.id, planId });
const carryOut = async ({ id: planId, hash }: MadePlan): Promise<string> => {
  const { id } = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
  return id;
};

describe("a plan to withdraw everything, while a push is under way", () => {
  it("says how much of that it does not take back, also where nothing stands yet, and is refused until that has ended", async () => {
    await vouch(team, someValues(2), { name: "First" });
    await push(actor, defender);
    await vouch(team, someValues(3), { name: "Second" });
    const pushId = await apply(actor, defender);

    const made = await plan(actor, defender, true);

    expect(made.counts).toMatchObject({ remove: 2 });
    expect(await beside(made)).toMatchObject([{ pushId, count: 3 }]);
    await expect(carryOut(made)).rejects.toMatchObject({ code: "conflict" });
    await deliverToTheEnd(pushId);
    const whole = await plan(actor, defender, true);
    expect(whole.counts).toMatchObject({ remove: 5 });
    expect(await beside(whole)).toEqual([]);
    await deliverToTheEnd(await carryOut(whole));
    expect(await remote.defender()).toEqual([]);
  });

  it("takes the place of what waits once sending is switched off, so that it never arrives", async () => {
    await vouch(team, someValues(3), { name: "Only" });
    const pushId = await apply(actor, defender);
    await stopConnector(actor, defender, "Wrong list.");

    const made = await plan(actor, defender, true);

    expect(made.counts).toMatchObject({ remove: 0 });
    expect(await beside(made)).toMatchObject([{ pushId, count: 3 }]);
    await carryOut(made);
    await startConnector(actor, defender);
    await deliverToTheEnd(pushId);
    expect(await getPush(actor, pushId)).toMatchObject({ state: "stopped", counts: { accepted: 0 } });
    expect(await remote.defender()).toEqual([]);
  });

  it("is told of no other plan", async () => {
    await vouch(team, someValues(3), { name: "Only" });
    await apply(actor, defender);

    expect(await beside(await plan(actor, defender))).toBeNull();
  });
});
