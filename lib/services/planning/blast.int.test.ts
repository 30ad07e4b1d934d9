import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { RATE_LIMITS } from "@/lib/connectors/limits";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { addEntries } from "@/lib/services/allowlists/add-entries";
import { createAllowlist } from "@/lib/services/allowlists/create-allowlist";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { announcePrevalence } from "./announce-prevalence";
import { askPrevalence } from "./ask-prevalence";
import { endLetThrough } from "./end-let-through";
import { getPlan } from "./get-plan";
import { getPlanBlast } from "./get-plan-blast";
import { letThrough } from "./let-through";
import { listLetThrough } from "./list-let-through";
import { listPlanItems } from "./list-plan-items";
import { planAndApply } from "./plan-and-apply";
import {
  clientIdOf,
  connect,
  CONTOSO,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const ROLES = ["Ti.ReadWrite", "URL.Read.All", "Ip.Read.All", "File.Read.All"];

const grant = async (roles: readonly string[]) => {
  const clientId = clientIdOf("TPI_TeamA");
  await remote.control("POST", "applications", { tenantId: CONTOSO, clientId, roles });
};
const see = (sightings: { value: string; devices: number }[]) =>
  remote.control("POST", "seed", { tenantId: CONTOSO, sightings });
const asked = async () => (await remote.journal()).filter(({ path }) => path.endsWith("/stats"));

const published = { ...RATE_LIMITS["defender.statistics"] };
afterEach(() => {
  Object.assign(RATE_LIMITS["defender.statistics"], published);
});

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  await grant(ROLES);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** A connector that blocks; its token is a new one, since permissions are in new tokens only. */
const blocking = async (settings: Record<string, unknown> = {}): Promise<ConnectorView> => {
  const connector = await connect(actor, team, "defender", { action: "Block", ...settings });
  await testConnector(actor, connector);
  return connector;
};
const itemsOf = async (planId: string, sort: "row" | "devices" = "row") => {
  const { items } = await listPlanItems({ id: planId, teamId: team.id }, { sort, limit: 100, after: null });
  return items;
};
const planned = async (connector: ConnectorView) => {
  const { id } = await plan(actor, connector);
  return new Map((await itemsOf(id)).map((item) => [item.value, item]));
};
const three = (): [Vouched, Vouched, Vouched] => {
  const [a, b, c] = someValues(3);
  if (!a || !b || !c) throw new Error("No values.");
  return [a, b, c];
};
const idOf = ({ type, value }: Vouched) => indicatorId(type, value);
const later = (hours: number) =>
  database.asOwner((client) =>
    client.query("UPDATE prevalence SET wanted_at = wanted_at - make_interval(hours => $1)", [hours]),
  );

describe("the blast radius of a plan", () => {
  it("is asked for once the plan is made, and shown with it, the widest first", async () => {
    const [rare, wide, unseen] = three();
    await vouch(team, [rare, wide, unseen], { name: "Feed" });
    await see([
      { value: wide.value, devices: 1204 },
      { value: rare.value, devices: 2 },
    ]);
    const connector = await blocking();
    const { id } = await plan(actor, connector);
    expect(await asked()).toEqual([]);

    expect(await askPrevalence(connector.id, { signal })).toMatchObject({ known: 3, left: 0, missing: [] });

    expect(await getPlanBlast(await getPlan(actor, id))).toEqual({
      ...{ toBlock: 3, told: 3, seen: 2, mostDevices: 1204, toldSince: 0 },
    });
    const items = await itemsOf(id, "devices");
    expect(items.map(({ value, devices }) => [value, devices])).toEqual([
      [wide.value, 1204],
      [rare.value, 2],
      [unseen.value, 0],
    ]);
  });

  it("is not asked for what is only watched, nor a second time within the day", async () => {
    await vouch(team, three(), { name: "Feed" });
    const connector = await blocking({ action: "Audit" });
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });
    expect(await asked()).toEqual([]);

    await updateConnector(actor, connector, { action: "Block" });
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });
    expect(await asked()).toHaveLength(3);
    await database.asOwner((client) =>
      client.query("UPDATE prevalence SET asked_at = asked_at - interval '25 hours'"),
    );
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });
    expect(await asked()).toHaveLength(6);
  });

  it("says which permission is missing, and asks nothing without it", async () => {
    await grant(["Ti.ReadWrite"]);
    await vouch(team, three(), { name: "Feed" });
    const connector = await blocking();
    await plan(actor, connector);

    expect(await askPrevalence(connector.id, { signal })).toMatchObject({
      known: 0,
      missing: ["URL.Read.All"],
    });
    expect(await asked()).toEqual([]);
  });

  it("asks once for each kind that is refused although the token permits it, and not for each value", async () => {
    await remote.control("POST", "faults", { match: { path: "*/stats" }, status: 403, times: null });
    await vouch(team, three(), { name: "Feed" });
    const connector = await blocking();
    await plan(actor, connector);

    expect(await askPrevalence(connector.id, { signal })).toMatchObject({
      ...{ known: 0, left: 3, missing: ["URL.Read.All"] },
    });
    expect(await asked()).toHaveLength(1);
    await remote.control("DELETE", "faults");
    expect(await askPrevalence(connector.id, { signal })).toMatchObject({ known: 3, left: 0, missing: [] });
  });

  it.each([
    ["minute's", { perMinute: 2, perHour: 1500 }],
    ["hour's", { perMinute: 100, perHour: 2 }],
  ])("asks no more than the %s rate, keeps what was told, and asks for the rest later", async (_of, rate) => {
    Object.assign(RATE_LIMITS["defender.statistics"], rate);
    await vouch(team, three(), { name: "Feed" });
    const connector = await blocking();
    await plan(actor, connector);

    expect(await askPrevalence(connector.id, { signal })).toMatchObject({ known: 2, left: 1 });
    expect((await asked()).map(({ status }) => status)).toEqual([200, 200]);
    await later(1);
    await database.asOwner((client) => client.query("UPDATE connector SET statistics = NULL"));
    expect(await announcePrevalence()).toBeGreaterThan(0);
    await database.asOwner((client) => client.query("TRUNCATE bucket"));
    expect(await askPrevalence(connector.id, { signal })).toMatchObject({ known: 1, left: 0 });
    expect(await asked()).toHaveLength(3);
  });

  it("keeps what was told when Defender itself asks for patience, and asks for the rest later", async () => {
    await remote.control("PUT", "limits", { defender: { statistics: { perMinute: 2 } } });
    await vouch(team, three(), { name: "Feed" });
    const connector = await blocking();
    await plan(actor, connector);

    expect(await askPrevalence(connector.id, { signal })).toMatchObject({ known: 2, left: 1 });
    expect((await asked()).map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it("is another team's own business, though both have a way to the tenant", async () => {
    const values = three();
    await vouch(team, values, { name: "Feed" });
    const connector = await blocking();
    await plan(actor, connector);
    await see(values.map(({ value }) => ({ value, devices: 9 })));
    await askPrevalence(connector.id, { signal });

    const otherTeam = await makeTeam();
    const other = await makeActor([[otherTeam, "owner"]]);
    await vouch(otherTeam, values, { name: "Other" });
    const theirs = await connect(other, otherTeam, "defender", { app: "TPI_TeamB", action: "Block" });
    const { id } = await plan(other, theirs);
    const { items } = await listPlanItems({ id, teamId: otherTeam.id }, { limit: 10, after: null });
    expect(items.map(({ devices }) => devices)).toEqual([null, null, null]);
  });
});

describe("a gate before something is blocked", () => {
  const gate = { maxPrevalence: 50, otherTeams: true };

  it("has what is new wait for its prevalence, then lets the rest go and keeps in what is widely seen", async () => {
    const [rare, wide, unseen] = three();
    await vouch(team, [rare, wide, unseen], { name: "Feed" });
    await see([{ value: wide.value, devices: 1204 }]);
    const connector = await blocking({ gate, mode: "automatic" });
    expect(await planAndApply(connector.id)).toEqual({ status: "unchanged" });

    await askPrevalence(connector.id, { signal });
    const outcome = await planAndApply(connector.id);
    if (outcome.status !== "applied") throw new Error(outcome.status);
    await deliverToTheEnd(outcome.pushId);

    expect((await remote.defender()).map((one) => one.indicatorValue).toSorted()).toEqual(
      [rare.value, unseen.value].toSorted(),
    );
    expect((await planned(connector)).get(wide.value)).toMatchObject({
      operation: "blocked",
      code: "too-prevalent",
      devices: 1204,
    });
  });

  it("lets through what a person says, audited, until that is taken back", async () => {
    const [wide] = three();
    await vouch(team, [wide], { name: "Feed" });
    await see([{ value: wide.value, devices: 1204 }]);
    const connector = await blocking({ gate });
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });
    const indicator = idOf(wide);

    await letThrough(actor, connector, { indicatorId: indicator, reason: "We want it gone." });
    expect((await listLetThrough(connector, { limit: 10, after: null })).letThrough).toMatchObject([
      { value: wide.value, reason: "We want it gone." },
    ]);
    expect((await push(actor, connector)).counts.accepted).toBe(1);

    await endLetThrough(actor, connector, { indicatorId: indicator });
    expect((await planned(connector)).get(wide.value)).toMatchObject({
      operation: "remove",
      code: "too-prevalent",
    });
    const { rows } = await database.asOwner((client) =>
      client.query<{ action: string }>(
        "SELECT action FROM audit_entry WHERE team_id = $1 AND action LIKE 'gate.%' ORDER BY id",
        [team.id],
      ),
    );
    expect(rows.map(({ action }) => action)).toEqual(["gate.override", "gate.override-end"]);
  });

  it("says on the plan that it kept a value in who let that through since, until that is taken back", async () => {
    const [wide, other] = three();
    await vouch(team, [wide, other], { name: "Feed" });
    const connector = await blocking({ gate });
    const { id } = await plan(actor, connector);
    const one = { indicatorId: idOf(wide), reason: "We want it gone." };
    const saidOf = async ({ value }: Vouched) =>
      (await itemsOf(id)).find((item) => item.value === value)?.letThrough;

    await letThrough(actor, connector, one);
    expect(await saidOf(wide)).toEqual({
      ...{ by: asDoer(actor).name, at: expect.any(Date) as unknown, reason: one.reason },
    });
    expect(await saidOf(other)).toBeNull();
    await endLetThrough(actor, connector, one);
    expect(await saidOf(wide)).toBeNull();
  });

  it("never opens what passed once by itself after a person's word for it was taken back", async () => {
    const [spreading] = three();
    await vouch(team, [spreading], { name: "Feed" });
    await see([{ value: spreading.value, devices: 1204 }]);
    const connector = await blocking({ gate });
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });
    const one = { indicatorId: idOf(spreading), reason: "We want it gone." };
    const seenOn = (devices: number) =>
      database.asOwner((client) => client.query("UPDATE prevalence SET devices = $1", [devices]));
    await letThrough(actor, connector, one);
    await push(actor, connector);
    await endLetThrough(actor, connector, one);

    await seenOn(3);
    expect(await planned(connector)).toEqual(new Map());
    await seenOn(9999);
    expect(await planned(connector)).toEqual(new Map());

    // Another word for it that is taken back is judged by itself; while it stands, nothing passes without it.
    await letThrough(actor, connector, one);
    await seenOn(3);
    expect(await planned(connector)).toEqual(new Map());
    await endLetThrough(actor, connector, one);
    await seenOn(9999);
    expect((await planned(connector)).get(spreading.value)).toMatchObject({
      operation: "remove",
      code: "too-prevalent",
    });
  });

  it("never opens what is blocked already, however many devices try to reach it", async () => {
    const [spreading] = three();
    await vouch(team, [spreading], { name: "Feed" });
    const connector = await blocking({ gate });
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });
    await push(actor, connector);

    await database.asOwner((client) => client.query("UPDATE prevalence SET devices = 9999"));

    expect(await planned(connector)).toEqual(new Map());
  });

  it("leaves what is only watched so, and says why", async () => {
    const [wide] = three();
    await vouch(team, [wide], { name: "Feed" });
    await see([{ value: wide.value, devices: 1204 }]);
    const connector = await blocking({ action: "Audit", gate });
    await push(actor, connector);
    await updateConnector(actor, connector, { action: "Block" });
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });

    expect((await planned(connector)).get(wide.value)).toMatchObject({
      operation: "blocked",
      code: "too-prevalent",
    });
  });

  it.each([
    ["waits for a person", "wait", { operation: "blocked", code: "waits-for-prevalence" }],
    ["is only watched", "audit", { operation: "add", action: "Audit" }],
  ])("after a day without an answer, what is not known %s", async (_what, whenUnknown, expected) => {
    const [unknown] = three();
    await vouch(team, [unknown], { name: "Feed" });
    const connector = await blocking({ gate: { ...gate, whenUnknown } });
    expect((await planned(connector)).get(unknown.value)).toMatchObject({ code: "waits-for-prevalence" });
    await later(25);

    expect((await planned(connector)).get(unknown.value)).toMatchObject(expected);
  });

  it("does not wait where the application may not ask", async () => {
    await grant(["Ti.ReadWrite"]);
    const [unknown] = three();
    await vouch(team, [unknown], { name: "Feed" });
    const connector = await blocking({ gate: { ...gate, whenUnknown: "audit" } });
    await plan(actor, connector);
    await askPrevalence(connector.id, { signal });

    expect((await planned(connector)).get(unknown.value)).toMatchObject({ action: "Audit" });
  });

  it("keeps in what is close to an allowlist, and what another team withdrew, without saying which", async () => {
    const [disputed] = three();
    const near: Vouched = { type: "domain", value: "bad.partner-of-ours.com" };
    await vouch(team, [disputed, near], { name: "Feed" });
    const list = await createAllowlist(actor, team.id, {
      ...{ name: "Partners", match: "hostname", effect: "stop" },
    });
    await addEntries(actor, list, [{ value: "www.partner-of-ours.com", comment: "Ours.", until: null }]);
    const others = await makeTeam();
    const other = await makeActor([[others, "owner"]]);
    await vouch(others, [disputed], { name: "Theirs" });
    const theirTeam = { ...others, role: "owner" } as const;
    await withdrawIndicator(other, theirTeam, { indicatorId: idOf(disputed), reason: "Our proxy" });
    const connector = await blocking({ gate: { nearAllowlist: true, otherTeams: true } });

    const items = await planned(connector);

    expect(items.get(near.value)).toMatchObject({
      code: "near-allowlist",
      near: expect.anything() as unknown,
    });
    expect(items.get(disputed.value)).toMatchObject({
      code: "disputed",
      reason: "Another team of this installation withdrew it.",
    });
    expect(JSON.stringify([...items.values()])).not.toMatch(new RegExp(`${others.name}|Our proxy`));
  });
});
