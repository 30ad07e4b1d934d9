import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { announceMissedPlans } from "./announce-due-plans";
import { applyPlan } from "./apply-plan";
import { approvePlan } from "./approve-plan";
import { getPlan } from "./get-plan";
import { getPlanApproval } from "./get-plan-approval";
import { planAndApply } from "./plan-and-apply";
import {
  connect,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

const { database, remote } = useDestinations();

let team: TestTeam;
let author: Actor;
let other: Actor;
beforeEach(async () => {
  team = await makeTeam();
  author = await makeActor([[team, "owner"]]);
  other = await makeActor([[team, "analyst"]]);
});

const limits = (given: { maxAdds?: number; maxRemoves?: number; maxRemovedPercent?: number }) => ({
  maxAdds: null,
  maxRemoves: null,
  maxRemovedPercent: null,
  ...given,
});

type Made = { id: string; hash: string };
const applyAs = (actor: Actor, { id, hash }: Made) =>
  applyPlan({ planId: id, teamId: team.id, hash, doer: asDoer(actor) });
const approveAs = (actor: Actor, { id, hash }: Made) =>
  approvePlan(actor, { planId: id, teamId: team.id, hash });

const anHourPasses = () =>
  database.asOwner((client) =>
    client.query("UPDATE plan SET applied_at = applied_at - interval '61 minutes'"),
  );

const auditOf = (subjectId: string): Promise<{ action: string; detail: Record<string, unknown> }[]> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ action: string; detail: Record<string, unknown> }>(
      "SELECT action, detail FROM audit_entry WHERE subject_id = $1 ORDER BY id",
      [subjectId],
    );
    return rows;
  });

describe("a plan above the limits of one person", () => {
  let defender: ConnectorView;
  beforeEach(async () => {
    defender = await connect(author, team, "defender", { approval: limits({ maxAdds: 2 }) });
  });

  it("is applied only after somebody else than its author approved it, and then by its author, too", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const made = await plan(author, defender);

    const access = { id: team.id, slug: team.slug, name: team.name, role: "owner" } as const;
    const { attention } = await getTeamOverview(author, access, new Date());
    expect(attention.map(({ message }) => message)).toContain(
      `${defender.name}: a plan with 3 changes waits for a second person’s approval. It adds 3; the limit for one person alone is 2.`,
    );
    await expect(applyAs(author, made)).rejects.toThrow("It adds 3; the limit for one person alone is 2.");
    await expect(applyAs(other, made)).rejects.toThrow("has to approve this plan");
    await expect(approveAs(author, made)).rejects.toThrow("You made this plan");
    await expect(approveAs(other, { ...made, hash: "another" })).rejects.toThrow("not the hash of the plan");
    expect(await remote.writes()).toHaveLength(0);

    await approveAs(other, made);
    await expect(approveAs(other, made)).rejects.toThrow("approved already");
    const view = await getPlan(author, made.id);
    expect(await getPlanApproval(author, view)).toMatchObject({
      reasons: ["It adds 3; the limit for one person alone is 2."],
      approvedBy: other.name,
      canApprove: false,
      takesTwo: false,
      canApply: true,
    });
    const { id } = await applyAs(author, made);
    expect(await deliverToTheEnd(id)).toBe("done");
    expect(await remote.defender()).toHaveLength(3);
    expect((await auditOf(made.id)).map(({ action }) => action)).toEqual(["plan.create", "plan.approve"]);
  });

  it("is stale when something of it changed since it was approved", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    const made = await plan(author, defender);
    await approveAs(other, made);
    await unvouch(team, values.slice(0, 1));

    await expect(applyAs(author, made)).rejects.toMatchObject({ code: "stale" });
    await expect(approveAs(other, made)).rejects.toMatchObject({ code: "stale" });
    const view = await getPlan(author, made.id);
    expect(view).toMatchObject({
      state: "stale",
      staleBecause: "1 planned item changed since this plan was made. Make a new plan and review it.",
      newer: null,
    });
    expect((await getPlanApproval(author, view)).canApply).toBe(false);
    const next = await plan(author, defender);
    expect(await getPlan(author, made.id)).toMatchObject({ newer: next.id });
    expect(await getPlan(author, next.id)).toMatchObject({ newer: null, staleBecause: null });
  });

  it("may not be approved by its author, whatever the code says", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    const made = await plan(author, defender);
    await expect(
      database.asOwner((client) =>
        client.query("UPDATE plan SET approved_at = now(), approved_by = created_by WHERE id = $1", [
          made.id,
        ]),
      ),
    ).rejects.toThrow("plan_approved_by_another");
  });

  it("needs nobody below them", async () => {
    await vouch(team, someValues(2), { name: "Feed" });
    const made = await plan(author, defender);
    await expect(approveAs(other, made)).rejects.toThrow("needs nobody’s approval");
    await deliverToTheEnd((await applyAs(author, made)).id);
    expect(await remote.defender()).toHaveLength(2);
  });

  it("is told apart by what it removes, too", async () => {
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    await push(author, defender);
    await updateConnector(author, defender, { approval: limits({ maxRemovedPercent: 40 }) });
    await unvouch(team, values.slice(0, 1));
    await expect(applyAs(author, await plan(author, defender))).rejects.toThrow(
      "It removes 50 % of the 2 that stand there; the limit for one person alone is 40 %.",
    );
  });

  it("is told apart by what it makes anew: everything from Audit to Block needs somebody else", async () => {
    await updateConnector(author, defender, { approval: limits({ maxAdds: 2, maxRemoves: 2 }) });
    await vouch(team, someValues(2), { name: "Feed" });
    await push(author, defender);
    await anHourPasses();
    await vouch(team, someValues(1), { name: "Another" });
    await push(author, defender);
    await updateConnector(author, defender, { severity: "Low" });
    await push(author, defender);
    await anHourPasses();

    await updateConnector(author, defender, { action: "Block" });
    const made = await plan(author, defender);
    expect(made.counts).toMatchObject({ add: 0, change: 3, remove: 0 });
    await expect(applyAs(author, made)).rejects.toThrow(
      /It adds 3 \(all by a change of action or device groups.*; the limit for one person alone is 2\. It removes 3 \(all by/,
    );
    expect((await getPlanApproval(author, await getPlan(author, made.id))).reasons).toHaveLength(2);
    const access = { id: team.id, slug: team.slug, name: team.name, role: "owner" } as const;
    const { attention } = await getTeamOverview(author, access, new Date());
    expect(attention.map(({ message }) => message).join()).toContain("waits for a second person’s approval");

    await approveAs(other, made);
    await deliverToTheEnd((await applyAs(author, made)).id);
    expect((await remote.defender()).map(({ action }) => action)).toEqual(["Block", "Block", "Block"]);
  });

  it("is raised only by a change that the audit log tells", async () => {
    await updateConnector(author, defender, { approval: null });
    expect((await auditOf(defender.id)).at(-1)).toMatchObject({
      action: "connector.update",
      detail: { approval: { before: limits({ maxAdds: 2 }), after: null, isRaised: true } },
    });
  });
});

describe("an automatic connector with limits", () => {
  let values: Vouched[];
  let defender: ConnectorView;
  beforeEach(async () => {
    values = someValues(3);
    defender = await connect(author, team, "defender", {
      mode: "automatic",
      automaticLimits: limits({ maxAdds: 2 }),
    });
    await vouch(team, values, { name: "Feed" });
  });

  const waits = async () => {
    const outcome = await planAndApply(defender.id);
    if (outcome.status !== "waits") throw new Error(`It does not wait: ${outcome.status}.`);
    return getPlan(author, outcome.planId);
  };
  const announced = (): Promise<number> =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ count: number }>(
        "SELECT count(*)::int AS count FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1",
        [defender.id],
      );
      return rows[0]?.count ?? 0;
    });

  it("leaves a plan beyond them to a person, and says so on the overview and in the audit log", async () => {
    const waiting = await waits();

    expect(waiting).toMatchObject({
      state: "draft",
      waitsBecause: "It adds 3; the limit for what goes by itself is 2.",
    });
    expect(await remote.writes()).toHaveLength(0);
    const { attention } = await getTeamOverview(
      author,
      { id: team.id, slug: team.slug, name: team.name, role: "owner" },
      new Date(),
    );
    expect(attention).toContainEqual(
      expect.objectContaining({ kind: "beyond-limits", path: `plans/${waiting.id}` }),
    );
    expect((await auditOf(waiting.id)).map(({ action }) => action)).toEqual(["plan.create", "plan.wait"]);
    const before = await announced();
    await announceMissedPlans();
    expect(await announced()).toBe(before);

    await deliverToTheEnd((await applyAs(other, waiting)).id);
    expect(await remote.defender()).toHaveLength(3);
  });

  it("goes on by itself when its next plan is within them, and when they were raised", async () => {
    await waits();
    await unvouch(team, values.slice(0, 1));
    const outcome = await planAndApply(defender.id);
    if (outcome.status !== "applied") throw new Error(`It was not applied: ${outcome.status}.`);
    await deliverToTheEnd(outcome.pushId);
    expect(await remote.defender()).toHaveLength(2);

    await vouch(team, someValues(5), { name: "Another feed" });
    await waits();
    await updateConnector(author, defender, { automaticLimits: limits({ maxAdds: 7 }) });
    const before = await announced();
    await announceMissedPlans();
    expect(await announced()).toBe(before + 1);
    expect(await planAndApply(defender.id)).toMatchObject({ status: "applied" });
  });

  it("keeps the plan that waits, and its approval, while the next ones are equal", async () => {
    await updateConnector(author, defender, { approval: limits({ maxAdds: 2 }) });
    const waiting = await waits();
    expect(waiting.waitsBecause).toBe(
      "It adds 3; the limit for what goes by itself is 2. It adds 3; the limit for one person alone is 2.",
    );
    expect(await getPlanApproval(other, waiting)).toMatchObject({ canApprove: true, takesTwo: true });
    expect(await approveAs(other, waiting)).toEqual({ takesTwo: true });

    expect((await waits()).id).toBe(waiting.id);
    const approved = await getPlan(other, waiting.id);
    expect((await getPlanApproval(other, approved)).canApply).toBe(false);
    expect((await getPlanApproval(author, approved)).canApply).toBe(true);

    // No person made it, so it takes two.
    await expect(applyAs(other, waiting)).rejects.toThrow("somebody else has to apply it");
    await deliverToTheEnd((await applyAs(author, waiting)).id);
    expect(await remote.defender()).toHaveLength(3);
  });
});
