import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { gateSchema } from "@/lib/domain/connector/gate-input";
import { planLimitsSchema, type PlanLimits } from "@/lib/domain/delivery/plan-limits";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { deleteConnector } from "@/lib/services/connectors/delete-connector";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import {
  connect,
  CONTOSO,
  deliverToTheEnd,
  plan,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { applyPlan } from "./apply-plan";
import { approvePlan } from "./approve-plan";
import { findLoosenedGate } from "./find-loosened-gate";
import { getPlan } from "./get-plan";
import { getPlanApproval } from "./get-plan-approval";
import { planAndApply } from "./plan-and-apply";

const { database, remote } = useDestinations();

let team: TestTeam;
let raiser: Actor;
let other: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  raiser = await makeActor([[team, "owner"]]);
  other = await makeActor([[team, "owner"]]);
  defender = await connect(raiser, team, "defender", { approval: limits({ maxAdds: 2 }) });
  await vouch(team, someValues(3), { name: "Feed" });
});

const limits = (given: Partial<PlanLimits>): PlanLimits => planLimitsSchema.parse(given);
type Made = { id: string; hash: string };
const applyAs = (actor: Actor, { id, hash }: Made) =>
  applyPlan({ planId: id, teamId: team.id, hash, doer: asDoer(actor) });
const approveAs = (actor: Actor, { id, hash }: Made) =>
  approvePlan(actor, { planId: id, teamId: team.id, hash });
const raise = (approval: PlanLimits | null = null) => updateConnector(raiser, defender, { approval });
/** What the overview says of the plan to somebody. */
const overviewOf = async (actor: Actor): Promise<string> => {
  const { attention } = await getTeamOverview(actor, { ...team, role: "owner" }, new Date());
  return attention.flatMap(({ kind, message }) => (kind === "waiting-plan" ? [message] : [])).join(" ");
};
const reasonsFor = async (actor: Actor, { id }: Made) => getPlanApproval(actor, await getPlan(actor, id));

describe("whoever raises the limits of a second person", () => {
  it("does not apply alone what the former ones would have kept from being applied alone", async () => {
    await raise();
    const made = await plan(raiser, defender);

    await expect(applyAs(raiser, made)).rejects.toThrow(
      `It adds 3; the limit for one person alone is 2. That was the limit before ${raiser.name} raised it on`,
    );
    expect(await reasonsFor(raiser, made)).toMatchObject({ canApprove: false });
    expect((await reasonsFor(raiser, made)).reasons[0]).toBe(
      "It adds 3; the limit for one person alone is 2.",
    );
    expect((await reasonsFor(other, made)).reasons).toEqual([]);
    expect(await overviewOf(raiser)).toMatch(
      /a plan with 3 changes waits for a second person’s approval\. It adds 3;/,
    );
    expect(await overviewOf(other)).toMatch(/a plan with 3 changes waits to be applied\.$/);
    expect(await remote.writes()).toHaveLength(0);

    await deliverToTheEnd((await applyAs(other, made)).id);
    expect(await remote.defender()).toHaveLength(3);
  });

  it("applies what somebody else made or approved, and approves nothing alone", async () => {
    await raise(limits({ maxAdds: 50 }));
    const made = await plan(raiser, defender);
    await approveAs(other, made);
    const anothers = await plan(other, defender);
    await expect(approveAs(raiser, anothers)).rejects.toThrow("needs nobody’s approval");

    await deliverToTheEnd((await applyAs(raiser, made)).id);
    expect(await remote.defender()).toHaveLength(3);
    await vouch(team, someValues(3), { name: "Another feed" });
    await deliverToTheEnd((await applyAs(raiser, await plan(other, defender))).id);
    expect(await remote.defender()).toHaveLength(6);
  });

  it("does not have the product apply it either", async () => {
    await raise();
    await updateConnector(raiser, defender, { mode: "automatic" });
    const outcome = await planAndApply(defender.id);
    if (outcome.status !== "waits") throw new Error(`It does not wait: ${outcome.status}.`);
    expect(outcome.reason).toMatch(
      /^It adds 3; the limit for one person alone is 2\. That was the limit before/,
    );

    const waiting = await getPlan(raiser, outcome.planId);
    await expect(applyAs(raiser, waiting)).rejects.toThrow(
      "Somebody else has to approve or apply this plan.",
    );
    await expect(approveAs(raiser, waiting)).rejects.toThrow("You raised the limits");
    await deliverToTheEnd((await applyAs(other, waiting)).id);
    expect(await remote.defender()).toHaveLength(3);
  });

  it("keeps to the first limits, in however many steps they were raised", async () => {
    await raise(limits({ maxAdds: 2, maxRemoves: 10 }));
    await raise(limits({ maxAdds: 3 }));
    await raise(limits({ maxAdds: 300 }));
    await expect(applyAs(raiser, await plan(raiser, defender))).rejects.toThrow(
      "the limit for one person alone is 2.",
    );
  });

  it("is free again once somebody else confirmed the new ones, which the audit log tells", async () => {
    await raise();
    await expect(updateConnector(raiser, defender, { confirmLimits: true })).rejects.toThrow(
      "somebody else has to confirm",
    );
    await updateConnector(raiser, defender, { severity: "Low" });
    await updateConnector(other, defender, { approval: null, severity: "High" });
    expect((await getConnector(other, defender.id)).approvalLoosened).toMatchObject({
      by: raiser.userId,
      former: limits({ maxAdds: 2 }),
    });

    await updateConnector(other, defender, { confirmLimits: true });

    expect((await getConnector(other, defender.id)).approvalLoosened).toBeNull();
    const { rows } = await database.asOwner((client) =>
      client.query<{ confirmed: string }>(
        "SELECT detail->>'confirmed' AS confirmed FROM audit_entry WHERE subject_id = $1 AND detail ? 'confirmed'",
        [defender.id],
      ),
    );
    expect(rows).toEqual([{ confirmed: raiser.name }]);
    await deliverToTheEnd((await applyAs(raiser, await plan(raiser, defender))).id);
    expect(await remote.defender()).toHaveLength(3);
  });

  it("is free again once somebody else set others", async () => {
    await raise();
    await updateConnector(other, defender, { approval: limits({ maxAdds: 3 }) });
    await deliverToTheEnd((await applyAs(raiser, await plan(raiser, defender))).id);
    expect(await remote.defender()).toHaveLength(3);
  });

  it("applies alone what the former ones let through", async () => {
    await updateConnector(other, defender, { approval: limits({ maxAdds: 3 }) });
    await raise();
    await deliverToTheEnd((await applyAs(raiser, await plan(raiser, defender))).id);
    expect(await remote.defender()).toHaveLength(3);
  });
});

describe("whoever adds a connector beside one that has limits", () => {
  const BESIDE =
    /the limit for one person alone is 2\. That is the limit of another connector to the same place/;

  it("does not apply alone by it what is beyond these, and somebody else does", async () => {
    const added = await connect(raiser, team, "defender");
    const made = await plan(raiser, added);
    await expect(applyAs(raiser, made)).rejects.toThrow(BESIDE);
    await updateConnector(raiser, added, { mode: "automatic" });
    expect(await planAndApply(added.id)).toMatchObject({
      status: "waits",
      reason: expect.stringMatching(BESIDE) as unknown,
    });

    await deliverToTheEnd((await applyAs(other, made)).id);
    expect(await remote.defender()).toHaveLength(3);
  });

  it("is as bound where the other was deleted before", async () => {
    await deleteConnector(raiser, defender);
    const added = await connect(raiser, team, "defender", { approval: limits({ maxAdds: 100 }) });

    await expect(applyAs(raiser, await plan(raiser, added))).rejects.toThrow(BESIDE);
  });

  it("is as bound where one that led elsewhere is led there", async () => {
    const added = await connect(raiser, team, "defender", { tenantId: randomUUID() });
    expect(added.approvalLoosened).toBeNull();

    const led = await updateConnector(raiser, added, { tenantId: CONTOSO });

    expect(led.approvalLoosened).toMatchObject({ by: raiser.userId, isInherited: true });
    await expect(applyAs(raiser, await plan(raiser, led))).rejects.toThrow(BESIDE);
  });

  it("is free where the new one has the same limits, or once somebody else confirmed them", async () => {
    const equal = await connect(raiser, team, "defender", { approval: limits({ maxAdds: 2 }) });
    expect(equal.approvalLoosened).toBeNull();
    const added = await connect(raiser, team, "defender");
    await updateConnector(other, added, { confirmLimits: true });

    await deliverToTheEnd((await applyAs(raiser, await plan(raiser, added))).id);
    expect(await remote.defender()).toHaveLength(3);
  });

  it("keeps to what another raised, where it takes over what that one raised to", async () => {
    await raise();
    const added = await connect(other, team, "defender");

    expect(added.approvalLoosened).toMatchObject({ by: raiser.userId, former: limits({ maxAdds: 2 }) });
  });
});

describe("whoever loosens the gate", () => {
  const gated = (given: object | null) =>
    updateConnector(raiser, defender, { gate: given && gateSchema.parse(given) });
  const found = async (now = new Date()) =>
    findLoosenedGate({ ...defender, gate: (await getConnector(other, defender.id)).gate }, now);
  const former = { maxPrevalence: 5, nearAllowlist: true };

  it("is named to whoever looks at a plan, with what held before, for a month", async () => {
    await gated(former);
    expect(await found()).toBeNull();
    await gated({ ...former, nearAllowlist: false });
    await updateConnector(raiser, defender, { severity: "High" });
    expect(await found()).toMatchObject({ by: asDoer(raiser).name, former });
    expect(await found(new Date(Date.now() + 31 * 86_400_000))).toBeNull();
  });

  it("is named where it is gone altogether, until it is as strict again", async () => {
    await gated(former);
    await gated(null);
    expect(await found()).toMatchObject({ former });
    await gated({ maxPrevalence: 9, otherTeams: true });
    expect(await found()).toMatchObject({ former });
    await gated({ ...former, otherTeams: true });
    expect(await found()).toBeNull();
  });
});
