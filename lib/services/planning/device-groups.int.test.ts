import { beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { resumePush } from "@/lib/services/delivery/resume-push";
import { getObstacle } from "@/lib/services/delivery/stopped-push";
import { deliverToTheEnd } from "@/lib/services/delivery/testing/desk";
import { countPlanScopes } from "./count-plan-scopes";
import { getPlan } from "./get-plan";
import { getPlanFit } from "./get-plan-fit";
import { listPlanItems } from "./list-plan-items";
import { apply, connect, plan, push, someValues, unvouch, vouch } from "@/lib/services/delivery/testing/desk";

// What is tried again in place is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const stateSchema = z.object({
  tenants: z.array(
    z.object({
      defender: z.object({
        indicators: z.array(
          z.object({
            indicatorValue: z.string(),
            rbacGroupNames: z.array(z.string()),
            createdBy: z.string(),
          }),
        ),
      }),
    }),
  ),
});
/** The device groups of what stands in the tenant, by value. */
const groupsThere = async () => {
  const { tenants } = stateSchema.parse(await remote.control("GET", "state"));
  return tenants.flatMap(({ defender }) =>
    defender.indicators.map(({ indicatorValue, rbacGroupNames }) => [indicatorValue, rbacGroupNames]),
  );
};
const byRule = (deviceGroups: string[] | null, more: object = {}) =>
  rulesSchema.parse([{ when: { minConfidence: 50 }, action: "Warn", deviceGroups, ...more }]);
const planned = async (connector: ConnectorView) => {
  const { id } = await plan(actor, connector);
  const { items } = await listPlanItems({ id, teamId: team.id }, { limit: 10, after: null });
  return { id, items };
};
const claims = () =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ scope: string; state: string; claimed: boolean }>(
      `SELECT r.scope, r.state::text, c.record_id IS NOT NULL AS claimed
       FROM remote_record r LEFT JOIN claim c ON c.record_id = r.id ORDER BY r.scope`,
    );
    return rows;
  });

describe("device groups by rule", () => {
  it("are counted for whoever is to apply a plan, beside what holds on the connector's own", async () => {
    await vouch(team, someValues(2), { name: "Sure", confidence: 90 });
    await vouch(team, someValues(1), { name: "Unsure", confidence: 20 });
    const connector = await connect(actor, team, "defender", { rules: byRule(["Servers"]) });
    const { id } = await plan(actor, connector);
    expect(await countPlanScopes({ id, teamId: team.id })).toEqual([
      { deviceGroups: ["Servers"], count: 2 },
      { deviceGroups: [], count: 1 },
    ]);
  });

  it("are part of what is sent, and of which record it is", async () => {
    const values = someValues(1);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const rules = byRule(["Servers"]);
    const connector = await connect(actor, team, "defender", { rules });

    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 1, failed: 0 });

    expect(await groupsThere()).toEqual([[values[0]?.value, ["Servers"]]]);
    expect((await planned(connector)).items).toEqual([]);
  });

  it("are changed by removing the record and making it anew, in one push, and the plan says so", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const connector = await connect(actor, team, "defender", { rules: byRule(["Servers"]) });
    await push(actor, connector);
    await updateConnector(actor, connector, { rules: byRule(["Workstations"]) });

    const { id, items } = await planned(connector);
    expect(items[0]).toMatchObject({
      operation: "change",
      code: "groups-changed",
      reason: expect.stringContaining("Workstations instead of Servers") as unknown,
    });
    expect(await getPlanFit(await getPlan(actor, id))).toMatchObject({ needed: 0 });
    const done = await push(actor, connector);

    expect(done.counts).toMatchObject({ planned: 3, accepted: 3, removed: 0, failed: 0, skipped: 0 });
    expect((await groupsThere()).map(([, groups]) => groups)).toEqual([
      ["Workstations"],
      ["Workstations"],
      ["Workstations"],
    ]);
    expect(await claims()).toEqual([
      ...Array.from({ length: 3 }, () => ({ scope: '["Servers"]', state: "gone", claimed: false })),
      ...Array.from({ length: 3 }, () => ({ scope: '["Workstations"]', state: "live", claimed: true })),
    ]);
    expect(await confirmConnector(connector.id, { signal })).toMatchObject({ visible: 3 });
    expect((await planned(connector)).items).toEqual([]);
  });

  it("go back to the connector's own, and leave with the value", async () => {
    const values = someValues(1);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const connector = await connect(actor, team, "defender", { rules: byRule(["Servers"]) });
    await push(actor, connector);
    await updateConnector(actor, connector, { rules: byRule(null) });
    await push(actor, connector);
    expect(await groupsThere()).toEqual([[values[0]?.value, []]]);
    await updateConnector(actor, connector, { rules: byRule(["Servers"]) });
    await push(actor, connector);
    await unvouch(team, values);

    expect((await push(actor, connector)).counts).toMatchObject({ removed: 1 });
    expect(await groupsThere()).toEqual([]);
  });

  it("are settled by the next plan where the answer to the removal never came", async () => {
    const values = someValues(1);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const connector = await connect(actor, team, "defender", { rules: byRule(["Servers"]) });
    await push(actor, connector);
    await updateConnector(actor, connector, { rules: byRule(["Workstations"]) });
    const id = await apply(actor, connector);
    // The removal is carried out, and every answer is lost until the push waits.
    const match = { path: "/defender/api/indicators/BatchDelete" };
    await remote.control("POST", "faults", { match, processed: true, reset: true, times: 10 });
    expect(await deliverPush(id, { signal })).toBe("waiting");
    await remote.control("DELETE", "faults");

    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 1, failed: 0 });
    expect(await groupsThere()).toEqual([[values[0]?.value, ["Workstations"]]]);
  });

  it("leave a push that was stopped half-way to a new plan, which says so and makes them all", async () => {
    const values = someValues(2);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const connector = await connect(actor, team, "defender", { rules: byRule(["Servers"]) });
    await push(actor, connector);
    await updateConnector(actor, connector, { rules: byRule(["Workstations"]) });
    const match = { path: "/defender/api/indicators/import" };
    await remote.control("POST", "faults", { match, times: null, answer: "defender-unauthorized" });
    const stopped = await push(actor, connector);
    await remote.control("DELETE", "faults");
    expect(stopped.state).toBe("stopped");
    expect(await groupsThere()).toEqual([]);

    const obstacle = await getObstacle(stopped);
    expect(obstacle).toMatchObject({
      message: expect.stringContaining("2 records were removed under their old device groups") as unknown,
      isToPlanAnew: true,
    });
    const resumed = resumePush({ pushId: stopped.id, teamId: team.id, doer: asDoer(actor) });
    await expect(resumed).rejects.toThrow(obstacle?.message);

    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 2, failed: 0 });
    expect((await groupsThere()).map(([, groups]) => groups)).toEqual([["Workstations"], ["Workstations"]]);
    expect(await getObstacle(stopped)).toMatchObject({ isToPlanAnew: false });
  });

  it("keep two connectors of one tenant apart: each has a record of its own", async () => {
    const values = someValues(1);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const servers = await connect(actor, team, "defender", { deviceGroups: ["Servers"] });
    const others = await connect(actor, team, "defender", { rules: byRule(["Workstations"]) });
    await push(actor, servers);
    await push(actor, others);
    expect((await groupsThere()).map(([, groups]) => groups)).toEqual([["Servers"], ["Workstations"]]);

    // Under the same device groups it is one record, by whatever rule.
    await updateConnector(actor, others, { rules: byRule(["Servers"]) });
    await push(actor, others);
    expect((await groupsThere()).map(([, groups]) => groups)).toEqual([["Servers"]]);
    await updateConnector(actor, others, { rules: byRule(["Workstations"]) });
    await push(actor, others);
    expect((await groupsThere()).map(([, groups]) => groups)).toEqual([["Servers"], ["Workstations"]]);
    expect((await planned(servers)).items).toEqual([]);
  });

  it("say beside whose record an item is to stand before anything of it was sent", async () => {
    const values = someValues(1);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const servers = await connect(actor, team, "defender", { deviceGroups: ["Servers"], action: "Block" });
    await push(actor, servers);
    const byServers = await connect(actor, team, "defender", { rules: byRule(["Servers"]) });
    const apart = await connect(actor, team, "defender", {
      ...{ deviceGroups: ["Servers"], rules: byRule(["Workstations"]) },
    });

    const [joins] = (await planned(byServers)).items;
    expect(joins).toMatchObject({
      operation: "add",
      standing: { sentence: expect.stringContaining(servers.name) as string },
    });
    // The connector's own groups are another record than the one that its rule asks for.
    expect((await planned(apart)).items).toMatchObject([{ operation: "add", standing: null }]);
  });
});

describe("a connector's own device groups", () => {
  it("can change while records stand: the next plan removes these and makes them anew", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const connector = await connect(actor, team, "defender");
    await push(actor, connector);
    expect((await groupsThere()).map(([, groups]) => groups)).toEqual([[], [], []]);

    const changed = await updateConnector(actor, connector, { deviceGroups: ["Servers"] });

    const { items } = await planned(changed);
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({
      operation: "change",
      code: "groups-changed",
      reason: expect.stringContaining("instead of all devices") as unknown,
    });
    expect((await push(actor, changed)).counts).toMatchObject({ planned: 3, accepted: 3, failed: 0 });
    expect((await groupsThere()).map(([, groups]) => groups)).toEqual([
      ["Servers"],
      ["Servers"],
      ["Servers"],
    ]);
    expect(await claims()).toEqual([
      ...Array.from({ length: 3 }, () => ({ scope: "", state: "gone", claimed: false })),
      ...Array.from({ length: 3 }, () => ({ scope: '["Servers"]', state: "live", claimed: true })),
    ]);
    expect((await planned(changed)).items).toEqual([]);
  });

  it("that are changed back before a plan leave everything as it was", async () => {
    await vouch(team, someValues(2), { name: "Sure", confidence: 90 });
    const connector = await connect(actor, team, "defender", { deviceGroups: ["Servers"] });
    await push(actor, connector);
    await updateConnector(actor, connector, { deviceGroups: ["Lab"] });
    expect((await planned(connector)).items).toHaveLength(2);

    await updateConnector(actor, connector, { deviceGroups: ["Servers"] });

    expect((await planned(connector)).items).toEqual([]);
  });

  it("leave alone what a rule had put under the new ones already", async () => {
    const values = someValues(2);
    await vouch(team, values.slice(0, 1), { name: "Sure", confidence: 90 });
    await vouch(team, values.slice(1), { name: "Unsure", confidence: 10 });
    const connector = await connect(actor, team, "defender", { rules: byRule(["Servers"]) });
    await push(actor, connector);

    await updateConnector(actor, connector, { deviceGroups: ["Servers"] });

    expect((await planned(connector)).items.map(({ value }) => value)).toEqual([values[1]?.value]);
  });

  it("have what is withdrawn since removed from where it stands", async () => {
    const values = someValues(1);
    await vouch(team, values, { name: "Sure", confidence: 90 });
    const connector = await connect(actor, team, "defender", { deviceGroups: ["Servers"] });
    await push(actor, connector);
    await updateConnector(actor, connector, { deviceGroups: ["Lab"] });
    await unvouch(team, values);

    expect((await push(actor, connector)).counts).toMatchObject({ removed: 1, failed: 0 });
    expect(await groupsThere()).toEqual([]);
  });

  it("wait while it is not known what stands: something was sent without an answer", async () => {
    await vouch(team, someValues(1), { name: "Sure", confidence: 90 });
    const connector = await connect(actor, team, "defender");
    const id = await apply(actor, connector);
    await expect(updateConnector(actor, connector, { deviceGroups: ["Lab"] })).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringContaining("A push of this connector is under way") as unknown,
    });
    await deliverToTheEnd(id);

    await updateConnector(actor, connector, { deviceGroups: ["Lab"] });

    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 1 });
    expect((await groupsThere()).map(([, groups]) => groups)).toEqual([["Lab"]]);
  });
});
