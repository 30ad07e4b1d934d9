import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { listReceipts } from "./list-receipts";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import {
  clientIdOf,
  connect,
  CONTOSO,
  CONTOSO_SOC,
  deliverToTheEnd,
  plan,
  push,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { endUrgentPushes } from "./testing/end-pushes";

const { database, remote } = useDestinations();

const value: Vouched = { type: "sha256", value: "ab".repeat(32) };
const APPS = { a: "TPI_TeamA", b: "TPI_TeamB" } as const;
type Name = keyof typeof APPS;
type Side = { team: TestTeam; actor: Actor; defender: ConnectorView; sentinel: ConnectorView };
let sides: Record<Name, Side>;

const makeSide = async (name: Name, settings: object = {}): Promise<Side> => {
  const team = await makeTeam(`Team ${name} ${randomUUID().slice(0, 8)}`);
  const actor = await makeActor([[team, "owner"]]);
  const app = APPS[name];
  const defender = await connect(actor, team, "defender", { app, ...settings });
  const sentinel = await connect(actor, team, "sentinel", { app });
  return { team, actor, defender, sentinel };
};
const start = async (settings: Partial<Record<Name, object>> = {}): Promise<void> => {
  sides = { a: await makeSide("a", settings.a), b: await makeSide("b", settings.b) };
};
beforeEach(async () => {
  await database.asOwner(endUrgentPushes);
});

const joins = async (name: Name): Promise<void> => {
  const { team, actor, defender, sentinel } = sides[name];
  await vouch(team, [value], { name: `List ${randomUUID()}` });
  for (const connector of [defender, sentinel])
    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 1, failed: 0 });
};
const leaves = async (name: Name): Promise<void> => {
  const { team, actor, defender, sentinel } = sides[name];
  await unvouch(team, [value]);
  for (const connector of [defender, sentinel])
    expect((await push(actor, connector)).counts).toMatchObject({ removed: 1, failed: 0 });
};
const madeBy = (name: Name) => clientIdOf(APPS[name]);
const stateOf = async (connector: ConnectorView) =>
  (await listReceipts(connector, { limit: 5, after: null })).receipts[0];
const hasNothingToDo = async (name: Name): Promise<void> => {
  const { actor, defender, sentinel } = sides[name];
  for (const connector of [defender, sentinel])
    expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0 });
};
const loseCredential = (name: Name) => remote.control("DELETE", `applications/${madeBy(name)}`);
const renewCredential = (name: Name) =>
  remote.control("POST", "applications", {
    ...{ tenantId: CONTOSO, clientId: madeBy(name), displayName: APPS[name], roles: ["Ti.ReadWrite"] },
    ...{ sentinelContributorOn: [CONTOSO_SOC], clientSecret: `sandbox~secret~of~${APPS[name]}` },
  });
/** One record at each destination, made by that team's application at Defender. */
const expectOne = async (maker: Name, of: readonly Name[]): Promise<void> => {
  const records = await remote.defender();
  expect(records).toMatchObject([{ createdBy: madeBy(maker) }]);
  const objects = await remote.sentinel();
  expect(objects).toHaveLength(1);
  for (const name of ["a", "b"] as const) {
    const isNamed = of.includes(name);
    expect([name, records[0]?.description.includes(sides[name].team.name)]).toEqual([name, isNamed]);
    expect([name, objects[0]?.labels.includes(`team:${sides[name].team.name}`)]).toEqual([name, isNamed]);
  }
};

const ORDERS = [
  ["a", "b"],
  ["b", "a"],
] as const;

describe.each(ORDERS)("where team %s came first and team %s second", (first, second) => {
  it("the first to leave hands the record over, and comes back as a part of it", async () => {
    await start();
    await joins(first);
    await joins(second);
    await expectOne(first, ["a", "b"]);

    await leaves(first);
    await expectOne(second, [second]);
    await hasNothingToDo(second);

    await joins(first);
    await expectOne(second, ["a", "b"]);
    await hasNothingToDo(first);
    await hasNothingToDo(second);

    await leaves(second);
    await expectOne(first, [first]);
    await leaves(first);
    expect([await remote.defender(), await remote.sentinel()]).toEqual([[], []]);
  });

  it("the second to leave takes only its name with it", async () => {
    await start();
    await joins(first);
    await joins(second);
    await leaves(second);
    await expectOne(first, [first]);
    expect(await stateOf(sides[second].defender)).toMatchObject({ state: "gone" });
    await hasNothingToDo(first);
  });

  it.each(ORDERS)(
    "the stricter action stands while team %s wants it, whoever came first (not %s)",
    async (strict) => {
      await start({ [strict]: { action: "Block", severity: "High" } });
      await joins(first);
      await joins(second);
      expect(await remote.defender()).toMatchObject([{ action: "Block", severity: "High" }]);

      await leaves(strict);
      const lenient = strict === "a" ? "b" : "a";
      expect(await remote.defender()).toMatchObject([
        { action: "Audit", severity: "Medium", createdBy: madeBy(lenient) },
      ]);
      await hasNothingToDo(lenient);
    },
  );

  it("what the second saves is written by the first one's application, ahead of all else", async () => {
    await start();
    await joins(first);
    const { team, actor } = sides[second];
    const automatic = await connect(actor, team, "defender", { app: APPS[second], mode: "automatic" });
    const [access] = actor.teams;
    if (!access) throw new Error("The actor has no team.");
    await addLocalIndicators(actor, access, [{ value: value.value }]);
    const outcome = await planUrgent(automatic.id);
    if (outcome.status !== "applied") throw new Error(`Nothing was applied: ${outcome.status}.`);
    expect(await deliverToTheEnd(outcome.pushId)).toBe("done");

    expect(await remote.defender()).toMatchObject([{ createdBy: madeBy(first) }]);
    expect((await remote.defender())[0]?.description).toContain(team.name);
    expect((await remote.writes()).at(-1)?.path).toMatch(/indicators$/);
  });

  it("a maker that cannot sign in keeps the others from changing its record at Defender, and not at Sentinel", async () => {
    await start();
    await joins(first);
    await loseCredential(first);
    const { actor, team, defender, sentinel } = sides[second];
    await vouch(team, [value], { name: "Late" });

    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 0, failed: 1 });
    expect(await stateOf(defender)).toMatchObject({ state: "failed" });
    expect((await push(actor, sentinel)).counts).toMatchObject({ accepted: 1, failed: 0 });

    await renewCredential(first);
    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 1, failed: 0 });
    await expectOne(first, ["a", "b"]);
  });

  it("one that cannot sign in may still leave: the other that made the record takes its name out", async () => {
    await start();
    await joins(second);
    await joins(first);
    await loseCredential(first);
    await leaves(first);
    await expectOne(second, [second]);
    await hasNothingToDo(second);
    expect(await stateOf(sides[first].defender)).toMatchObject({ state: "gone" });
  });

  it("the maker that cannot sign in leaves once it can: its push stops until then, and nothing is doubled", async () => {
    await start();
    await joins(first);
    await joins(second);
    await loseCredential(first);
    const { actor, team, defender, sentinel } = sides[first];
    await unvouch(team, [value]);
    expect(await push(actor, defender)).toMatchObject({
      state: "stopped",
      message: expect.stringMatching(/\w/) as unknown,
    });
    expect(await remote.defender()).toMatchObject([{ createdBy: madeBy(first) }]);

    await renewCredential(first);
    for (const connector of [defender, sentinel])
      expect((await push(actor, connector)).counts).toMatchObject({ removed: 1, failed: 0 });
    await expectOne(second, [second]);
  });

  it("each sees what became of it confirmed, though at Defender neither sees the other's records", async () => {
    await start();
    await joins(first);
    await joins(second);
    const signal = new AbortController().signal;
    for (const name of [second, first]) await confirmConnector(sides[name].defender.id, { signal });
    for (const name of [first, second])
      expect(await stateOf(sides[name].defender)).toMatchObject({ state: "visible" });

    await leaves(first);
    for (const name of [first, second]) await confirmConnector(sides[name].defender.id, { signal });
    expect(await stateOf(sides[first].defender)).toMatchObject({ state: "gone" });
    expect(await stateOf(sides[second].defender)).toMatchObject({ state: "visible" });
  });
});
