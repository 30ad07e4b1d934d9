import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asDoer, SYSTEM, type Actor } from "@/lib/domain/access/actor";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { planLimitsSchema, type PlanLimits } from "@/lib/domain/delivery/plan-limits";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { purgePlans } from "@/lib/services/scheduling/purge-plans";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { announceMissedPlans } from "./announce-due-plans";
import { applyPlan } from "./apply-plan";
import { getPlan } from "./get-plan";
import { listPlanItems } from "./list-plan-items";
import { listPlans } from "./list-plans";
import { planAndApply } from "./plan-and-apply";
import { planUrgent } from "./plan-urgent";
import {
  connect,
  deliverToTheEnd,
  forgetDestinations,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const connectWithin = (given: Partial<PlanLimits>): Promise<ConnectorView> =>
  connect(actor, team, "defender", { mode: "automatic", automaticLimits: planLimitsSchema.parse(given) });
const access = () => {
  const [first] = actor.teams;
  if (!first) throw new Error("The actor has no team.");
  return first;
};
const save = (value: string) => addLocalIndicators(actor, access(), [{ value }]);
const withdraw = (value: string) =>
  withdrawIndicator(actor, access(), { indicatorId: indicatorId("domain", value), reason: "Wrong." });
/** What was saved goes ahead; gives what became of it. */
const goAhead = async ({ id }: ConnectorView): Promise<string> => {
  const outcome = await planUrgent(id);
  if (outcome.status === "applied") await deliverToTheEnd(outcome.pushId);
  return outcome.status;
};
const anHourPasses = () =>
  database.asOwner((client) =>
    client.query("UPDATE plan SET applied_at = applied_at - interval '61 minutes'"),
  );
const waits = async (connector: ConnectorView) => {
  const outcome = await planAndApply(connector.id);
  if (outcome.status !== "waits") throw new Error(`It does not wait: ${outcome.status}.`);
  return getPlan(actor, outcome.planId);
};
/** What it applies by itself is sent; gives the actions that stand then. */
const planAndApplyToTheEnd = async ({ id }: ConnectorView): Promise<string[]> => {
  const outcome = await planAndApply(id);
  if (outcome.status !== "applied") throw new Error(`It was not applied: ${outcome.status}.`);
  await deliverToTheEnd(outcome.pushId);
  return (await remote.defender()).map(({ action }) => action).sort();
};
const standing = async (): Promise<number> => (await remote.defender()).length;

describe("what an automatic connector applies by itself", () => {
  it("counts together within an hour, however small what is saved each time", async () => {
    const defender = await connectWithin({ maxAdds: 3 });
    const values = someValues(5).map(({ value }) => value);
    for (const value of values.slice(0, 3)) {
      await save(value);
      expect(await goAhead(defender)).toBe("applied");
    }
    await save(values[3] ?? "");
    expect(await goAhead(defender)).toBe("left");

    expect((await waits(defender)).waitsBecause).toBe(
      "It adds 1, with the 3 of the last hour 4; the limit for what goes by itself is 3.",
    );
    expect(await standing()).toBe(3);

    await anHourPasses();
    await database.asOwner((client) => client.query("DELETE FROM outbox"));
    expect(await announceMissedPlans()).toBeGreaterThan(0);
    expect(await planAndApply(defender.id)).toMatchObject({ status: "applied" });
  });

  it("counts withdrawals together, as a number and as a share of what stood there", async () => {
    const defender = await connectWithin({ maxRemovedPercent: 40 });
    const values = someValues(5).map(({ value }) => value);
    await addLocalIndicators(
      actor,
      access(),
      values.map((value) => ({ value })),
    );
    expect(await goAhead(defender)).toBe("applied");
    for (const value of values.slice(0, 2)) {
      await withdraw(value);
      expect(await goAhead(defender)).toBe("applied");
    }
    await withdraw(values[2] ?? "");

    expect(await goAhead(defender)).toBe("left");
    expect((await waits(defender)).waitsBecause).toBe(
      "With the 2 of the last hour it removes 60 % of the 5 that stand there; the limit for what goes by itself is 40 %.",
    );
    expect(await standing()).toBe(3);
  });

  it("counts another action as a removal and an addition, together with what it did so before", async () => {
    const defender = await connectWithin({ maxAdds: 3 });
    const values = someValues(4).map(({ value }) => value);
    await addLocalIndicators(
      actor,
      access(),
      values.slice(0, 3).map((value) => ({ value })),
    );
    expect(await goAhead(defender)).toBe("applied");
    await anHourPasses();
    for (const value of values.slice(0, 2)) {
      await addLocalIndicators(actor, access(), [{ value, action: "Block" }]);
      expect(await goAhead(defender)).toBe("applied");
    }
    await addLocalIndicators(actor, access(), [
      { value: values[2] ?? "", action: "Block" },
      { value: values[3] ?? "" },
    ]);
    expect(await goAhead(defender)).toBe("left");

    expect((await waits(defender)).waitsBecause).toMatch(
      /^It adds 2 \(1 by a change of action or device groups.*\), with the 2 of the last hour 4; the limit for what goes by itself is 3\.$/,
    );
    expect((await remote.defender()).filter(({ action }) => action === "Block")).toHaveLength(2);
  });

  it("leaves out what a person applied, and what is recalled", async () => {
    const defender = await connectWithin({ maxAdds: 2, maxRemoves: 1 });
    const values = someValues(4);
    await vouch(team, values, { name: "Feed" });
    const { id: planId, hash } = await waits(defender);
    const { id } = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
    await deliverToTheEnd(id);
    for (const { value } of values.slice(0, 2)) {
      const target = readTarget("value", value);
      const recall = await createRecall(actor, team.id, { target, reason: "Ours.", until: null });
      expect(await carryOutRecall(recall.id, { signal })).toMatchObject({ pushes: 1 });
    }
    await database.asOwner((client) => client.query("UPDATE push SET state = 'done' WHERE state = 'queued'"));

    const more = someValues(1);
    await save(more[0]?.value ?? "");
    expect(await goAhead(defender)).toBe("applied");
    await withdraw(values[2]?.value ?? "");
    expect(await goAhead(defender)).toBe("applied");
  });
});

describe("what an automatic connector would make Allowed", () => {
  const REASON = "It makes 2 records Allowed, which is never done without a person.";

  it("waits for a person, whatever the limits; what is Allowed already is renewed by itself", async () => {
    const rules = rulesSchema.parse([{ when: { tags: ["ours"] }, action: "Allowed" }]);
    const defender = await connect(actor, team, "defender", {
      mode: "automatic",
      automaticLimits: null,
      rules,
    });
    await vouch(team, someValues(2), { name: "Our own", tags: ["ours"] });

    const { id: planId, hash, waitsBecause } = await waits(defender);
    expect(waitsBecause).toBe(REASON);
    await expect(applyPlan({ planId, teamId: team.id, hash, doer: SYSTEM })).rejects.toMatchObject({
      code: "conflict",
    });
    expect(await remote.writes()).toHaveLength(0);
    const push = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
    await deliverToTheEnd(push.id);

    await vouch(team, someValues(1), { name: "Theirs" });
    await updateConnector(actor, defender, { severity: "Low" });
    expect(await planAndApplyToTheEnd(defender)).toEqual(["Allowed", "Allowed", "Audit"]);

    await updateConnector(actor, defender, { rules: [] });
    expect(await planAndApply(defender.id)).toMatchObject({ status: "applied" });
  });

  it("waits just as well where device groups change with the action, or an Allowed comes to hold on other devices", async () => {
    const values = someValues(1);
    const only = (deviceGroups: string[] | null) =>
      rulesSchema.parse([{ when: { tags: ["good"] }, action: "Allowed", deviceGroups }]);
    const defender = await connect(actor, team, "defender", {
      ...{ mode: "automatic", automaticLimits: null, action: "Block", rules: only(["Lab"]) },
    });
    await vouch(team, values, { name: "List" });
    expect(await planAndApplyToTheEnd(defender)).toEqual(["Block"]);
    await vouch(team, values, { name: "Vetted", tags: ["good"] });

    const { id: planId, hash, waitsBecause } = await waits(defender);

    expect(waitsBecause).toBe("It makes 1 record Allowed, which is never done without a person.");
    const push = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
    await deliverToTheEnd(push.id);
    await updateConnector(actor, defender, { severity: "Low" });
    expect(await planAndApplyToTheEnd(defender)).toEqual(["Allowed"]);
    await updateConnector(actor, defender, { rules: only(null) });
    expect((await waits(defender)).waitsBecause).toBe(waitsBecause);
  });

  it("does not go ahead when a person saves it: the plan that holds it is looked at first", async () => {
    const defender = await connect(actor, team, "defender", { mode: "automatic", automaticLimits: null });
    const values = someValues(2).map(({ value }) => ({ value, action: "Allowed" as const }));
    await addLocalIndicators(actor, access(), values);

    expect(await goAhead(defender)).toBe("left");
    expect((await waits(defender)).waitsBecause).toBe(REASON);
    expect(await remote.writes()).toHaveLength(0);
  });
});

describe("a plan that waits for a person while the next is made", () => {
  it("stays to say which the newer is, without its items, and is not applied any more", async () => {
    const defender = await connectWithin({ maxAdds: 2 });
    await vouch(team, someValues(3), { name: "Feed" });
    const first = await waits(defender);
    await vouch(team, someValues(1), { name: "Second" });
    const second = await waits(defender);
    expect(await getPlan(actor, first.id)).toMatchObject({
      state: "stale",
      superseded: { by: second.id },
      counts: { add: 3 },
    });
    await vouch(team, someValues(1), { name: "Third" });
    const third = await waits(defender);

    for (const { id, hash } of [first, second]) {
      expect(await getPlan(actor, id)).toMatchObject({ superseded: { by: third.id } });
      const { items } = await listPlanItems(
        { id, teamId: team.id },
        { operation: "add", code: undefined, limit: 10, after: null },
      );
      expect(items).toEqual([]);
      await expect(
        applyPlan({ planId: id, teamId: team.id, hash, doer: asDoer(actor) }),
      ).rejects.toMatchObject({ code: "stale" });
    }
    const { plans } = await listPlans(defender, { limit: 10, after: null });
    expect(plans.map(({ id }) => id)).toEqual([third.id]);
    expect((await getPlan(actor, third.id)).superseded).toBeNull();
  });

  it("is forgotten after a month", async () => {
    const defender = await connectWithin({ maxAdds: 2 });
    await vouch(team, someValues(3), { name: "Feed" });
    const first = await waits(defender);
    await vouch(team, someValues(1), { name: "Second" });
    await waits(defender);
    await database.asOwner((client) =>
      client.query("UPDATE plan SET created_at = created_at - interval '31 days' WHERE id = $1", [first.id]),
    );

    await purgePlans();
    await expect(getPlan(actor, first.id)).rejects.toMatchObject({ code: "not_found" });
  });
});
