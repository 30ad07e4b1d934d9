import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { listAudit } from "@/lib/services/audit/list-audit";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { exportPlan } from "./export-plan";
import { countOverlap } from "./foresee-plan";
import { getPlan } from "./get-plan";
import { listPlanItems } from "./list-plan-items";
import { listRaised } from "@/lib/services/reconcile/list-raised";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import { connect, plan, push, someValues, unvouch, vouch } from "@/lib/services/delivery/testing/desk";

useDestinations();

type Side = { team: TestTeam; actor: Actor; defender: ConnectorView };

const makeSide = async (app: "TPI_TeamA" | "TPI_TeamB", name: string, how: object): Promise<Side> => {
  const team = await makeTeam(`${name} ${crypto.randomUUID().slice(0, 8)}`);
  const actor = await makeActor([[team, "owner"]]);
  return { team, actor, defender: await connect(actor, team, "defender", { app, ...how }) };
};

const [shared, alone] = someValues(2) as [ReturnType<typeof someValues>[0], ReturnType<typeof someValues>[0]];
let a: Side;
let b: Side;
beforeEach(async () => {
  a = await makeSide("TPI_TeamA", "Team A", { action: "Audit", severity: "Low" });
  b = await makeSide("TPI_TeamB", "Team B", { action: "Block", severity: "High" });
  await vouch(a.team, [shared, alone], { name: "Secret source of A", comment: "SecretComment" });
  await vouch(b.team, [shared], { name: "Secret source of B" });
});

const overlapOf = async ({ defender, actor, team }: Side) => {
  const { id } = await plan(actor, defender);
  const { items } = await listPlanItems({ id, teamId: team.id }, { limit: 10, after: null });
  const counts = await countOverlap({ id, teamId: team.id, connectorId: defender.id });
  return { counts, items, of: (value: string) => items.find((item) => item.value === value)?.standing };
};
const RULE = {
  when: { types: null, feeds: null, minConfidence: 50, tags: null },
  ...{ severity: null, expiryDays: null, deviceGroups: null },
};
const NONE = { joins: 0, stricter: 0, raises: 0, lowers: 0 };

describe("a plan where another team's record stands", () => {
  it("says nothing of others while they have sent nothing", async () => {
    const { counts, of } = await overlapOf(a);
    expect(counts).toEqual(NONE);
    expect([of(shared.value), of(alone.value)]).toEqual([null, null]);
  });

  it("says which it joins and that it becomes stricter for the other team, and nothing of that team's feeds", async () => {
    await push(a.actor, a.defender);

    const { counts, items, of } = await overlapOf(b);

    expect(counts).toEqual({ ...NONE, joins: 1, raises: 1 });
    expect(of(shared.value)).toMatchObject({
      action: "Block",
      severity: "High",
      others: [a.team.name],
      wantedBy: [],
      sentence: `Joins a record of ${a.team.name}. Raises Audit to Block and raises severity Low to High for ${a.team.name}.`,
    });
    expect(JSON.stringify(items)).not.toMatch(/Secret(Comment| source of A)/);
    expect(JSON.stringify(items)).not.toContain(alone.value);
  });

  it("says what will stand where the other team wants it stricter", async () => {
    await push(b.actor, b.defender);

    const { counts, of } = await overlapOf(a);

    expect(counts).toEqual({ ...NONE, joins: 1, stricter: 1 });
    expect(of(shared.value)?.sentence).toBe(
      `Joins a record of ${b.team.name}. Stands as Block, High: wanted by ${b.team.name}.`,
    );
    expect(of(alone.value)).toBeNull();
  });

  it("carries in its download what will stand, and beside whom", async () => {
    await push(b.actor, b.defender);
    const { id } = await plan(a.actor, a.defender);
    const made = await getPlan(a.actor, id);
    const files = await Promise.all(
      (["csv", "json"] as const).map(async (format) => {
        let file = "";
        for await (const piece of exportPlan(a.actor, made, { format })) file += piece;
        return file;
      }),
    );

    const lineOf = (value: string) => files[0]?.split("\n").find((line) => line.includes(value)) ?? "";
    expect(lineOf(shared.value)).toMatch(new RegExp(`Block,High,[^,]+,${b.team.name}$`));
    expect(lineOf(alone.value)).toMatch(/,,,$/);
    const { items } = JSON.parse(files[1] ?? "") as { items: { value: string; standing: unknown }[] };
    expect(items.find(({ value }) => value === shared.value)?.standing).toMatchObject({
      action: "Block",
      wantedBy: [b.team.name],
    });
    expect(files.join("")).not.toContain("Secret source of B");
  });

  it("says that what it removes stays for the other team", async () => {
    await push(a.actor, a.defender);
    await push(b.actor, b.defender);
    await unvouch(b.team, [shared]);

    const { counts, of } = await overlapOf(b);

    expect(counts).toEqual({ ...NONE, lowers: 1 });
    expect(of(shared.value)?.sentence).toBe(`Stays there for ${a.team.name}, as Audit, Low.`);
  });

  it("has the same hash whatever others want", async () => {
    const { hash } = await plan(b.actor, b.defender);
    await push(a.actor, a.defender);
    expect((await plan(b.actor, b.defender)).hash).toBe(hash);
  });

  it("names the other connector where both are of one team", async () => {
    await push(a.actor, a.defender);
    const second = await connect(a.actor, a.team, "defender", {
      app: "TPI_Reader",
      action: "Block",
      severity: "Low",
    });

    const { of } = await overlapOf({ ...a, defender: second });

    expect(of(alone.value)?.sentence).toBe(
      `Joins a record of your connector “${a.defender.name}”. Raises Audit to Block for your connector “${a.defender.name}”.`,
    );
  });
});

describe("a record that another team made stricter", () => {
  it("is told on the push, the receipts, the connector and the indicator of the team that wanted less", async () => {
    await push(b.actor, b.defender);

    const done = await push(a.actor, a.defender);

    const sentence = `Stands as Block, High: wanted by ${b.team.name}.`;
    expect(done.counts).toMatchObject({ accepted: 2, failed: 0 });
    const own = { connectorId: a.defender.id, teamId: a.team.id };
    expect(await listRaised(own, { limit: 10, pushId: done.id })).toMatchObject({
      count: 1,
      records: [{ value: shared.value, standing: { sentence } }],
    });
    const { receipts } = await listReceipts(a.defender, { limit: 10, after: null });
    expect(receipts.find(({ value }) => value === shared.value)?.standing).toMatchObject({ sentence });
    expect(receipts.find(({ value }) => value === alone.value)?.standing).toBeNull();
    const raised = await listRaised(own, { limit: 10 });
    expect(raised).toMatchObject({ count: 1, records: [{ value: shared.value }] });
    const trace = await traceIndicator(a.actor, indicatorId(shared.type, shared.value));
    expect(trace.receipts).toMatchObject([
      {
        record: {
          stands: { action: "Block", severity: "High" },
          mine: { action: "Audit", severity: "Low" },
          others: [{ who: b.team.name, action: "Block", severity: "High" }],
        },
      },
    ]);
    expect(trace.decisions).toMatchObject([
      { policyNow: { action: "Audit", severity: "Low", by: "As the connector is set; no rule of it fits." } },
    ]);
    expect(JSON.stringify([done, receipts, raised, trace])).not.toContain("Secret source of B");
  });

  it("is told with the rule that gave the team's own wish", async () => {
    await updateConnector(a.actor, a.defender, { rules: [{ ...RULE, action: "Block" }] });
    const { decisions } = await traceIndicator(a.actor, indicatorId(shared.type, shared.value));
    expect(decisions).toMatchObject([
      { policyNow: { action: "Block", by: "Rule 1: Everything, confidence 50 or more: Block." } },
    ]);
  });

  it("is told once in the activity of the team whose record it was, when the push ends", async () => {
    await push(a.actor, a.defender);
    await push(b.actor, b.defender);
    await push(b.actor, b.defender);

    const told = async ({ actor, team }: Side) =>
      (await listAudit(actor, { teamId: team.id, action: "connector.records-raised", limit: 10 })).entries;
    expect(await told(a)).toMatchObject([
      {
        action: "connector.records-raised",
        detail: { connector: a.defender.name, madeStricter: 1, wantedBy: b.team.name },
      },
    ]);
    expect(await told(b)).toEqual([]);
  });

  it("is nothing to tell for the team that wanted it so", async () => {
    await push(b.actor, b.defender);
    await push(a.actor, a.defender);
    const raised = await listRaised({ connectorId: b.defender.id, teamId: b.team.id }, { limit: 10 });
    expect(raised).toEqual({ count: 0, records: [] });
  });

  it("is told to nobody whose team has no part in the connector", async () => {
    await push(b.actor, b.defender);
    await push(a.actor, a.defender);
    await expect(
      listRaised({ connectorId: a.defender.id, teamId: b.team.id }, { limit: 10 }),
    ).rejects.toThrow("no such connector");
  });
});
