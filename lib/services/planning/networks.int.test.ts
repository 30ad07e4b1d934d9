import { randomInt } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { addressesIn } from "@/lib/domain/indicator/expand";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { readTarget } from "@/lib/domain/screening/recall-input";
import { addEntries } from "@/lib/services/allowlists/add-entries";
import { createAllowlist } from "@/lib/services/allowlists/create-allowlist";
import { rescreenTeam } from "@/lib/services/allowlists/rescreen-team";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { withhold } from "@/lib/services/withheld/withhold";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getPlan } from "./get-plan";
import { listPlanItems } from "./list-plan-items";
import { planUrgent } from "./plan-urgent";
import {
  apply,
  connect,
  deliverToTheEnd,
  plan,
  push,
  unvouch,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { endUrgentPushes } from "@/lib/services/delivery/testing/end-pushes";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
/** A network of each test's own, so that hardly two share an address. */
let base: string;
let network: Vouched;
beforeEach(async () => {
  await database.asOwner(endUrgentPushes);
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  base = `45.155.${String(randomInt(256))}`;
  network = { type: "ipv4-cidr", value: `${base}.8/29` };
});

const connectFor = (expandNetworksUpTo: number, selection = {}, settings = {}): Promise<ConnectorView> =>
  connect(actor, team, "defender", { selection: { expandNetworksUpTo, ...selection }, ...settings });
const inNetwork = (value = network.value) => addressesIn(value).map((address) => address.value);
const at = (last: number): Vouched => ({ type: "ipv4", value: `${base}.${String(last)}` });
const valuesThere = async () =>
  (await remote.defender()).map(({ indicatorValue }) => indicatorValue).toSorted();
const itemsOf = async (planId: string) => {
  const { items } = await listPlanItems({ id: planId, teamId: team.id }, { limit: 500, after: null });
  return new Map(items.map((item) => [item.value, item]));
};
const planned = async (connector: ConnectorView) => itemsOf((await plan(actor, connector)).id);
const access = () => {
  const [one] = actor.teams;
  if (!one) throw new Error("The actor has no team.");
  return one;
};
const allow = async (value: string) => {
  const list = await createAllowlist(actor, team.id, { name: value, match: "cidr", effect: "stop" });
  await addEntries(actor, list, [{ value, comment: "Our own.", until: null }]);
};

const deliverUrgent = async (): Promise<void> => {
  const ids = await database.asOwner(async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT id FROM push WHERE team_id = $1 AND state IN ('queued', 'running') ORDER BY queued_at",
      [team.id],
    );
    return rows.map(({ id }) => id);
  });
  for (const id of ids) await deliverToTheEnd(id);
};

describe("a network at Defender", () => {
  it("stays out as long as nobody asks for its addresses", async () => {
    await vouch(team, [network], { name: "Nets" });
    const items = await planned(await connectFor(0));
    expect([...items.keys()]).toEqual([network.value]);
    expect(items.get(network.value)).toMatchObject({ operation: "blocked", code: "unsupported-type" });
  });

  it("goes there as its addresses, each of which says where it comes from, and once", async () => {
    await vouch(team, [network], { name: "Nets", comment: "Scanner", confidence: 70 });
    const connector = await connectFor(8);
    const made = await plan(actor, connector);
    expect(made.counts).toMatchObject({ add: 8, blocked: 1 });
    expect((await itemsOf(made.id)).get(network.value)).toMatchObject({ code: "sent-as-addresses" });
    expect((await getPlan(actor, made.id)).budget?.fromNetworks).toEqual({ networks: 1, addresses: 8 });

    await push(actor, connector);

    expect(await valuesThere()).toEqual(inNetwork().toSorted());
    const [record] = await remote.defender();
    expect(record?.description).toContain(`Part of the network ${network.value}.`);
    expect(record?.description).toContain("Scanner");
    expect(record?.title).toContain("Nets");
    expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 8 });
  });

  it("stays out where it has more addresses than asked for, and says so", async () => {
    await vouch(team, [network, { type: "ipv4-cidr", value: `${base}.16/30` }], { name: "Nets" });
    const items = await planned(await connectFor(4));
    expect(items.get(network.value)?.reason).toContain("at most 4 addresses");
    expect(items.get(`${base}.16`)).toMatchObject({ operation: "add" });
    expect(items.has(at(8).value)).toBe(false);
  });

  it("of IPv6 goes there as well", async () => {
    const value = `2a0e:97c0:${randomInt(1, 65_536).toString(16)}::/126`;
    await vouch(team, [{ type: "ipv6-cidr", value }], { name: "Nets" });
    await push(actor, await connectFor(4));
    const ids = (await remote.defender()).map(({ externalId }) => externalId);
    expect(ids.toSorted()).toEqual(
      inNetwork(value)
        .map((address) => indicatorId("ipv6", address))
        .toSorted(),
    );
  });

  it("leaves, and all its addresses with it, when no feed names it any more", async () => {
    await vouch(team, [network], { name: "Nets" });
    const connector = await connectFor(8);
    await push(actor, connector);
    await unvouch(team, [network]);
    const items = await planned(connector);
    expect(items.get(at(9).value)?.reason).toContain(`${network.value}, of which it is a part`);
    await push(actor, connector);
    expect(await valuesThere()).toEqual([]);
  });

  it("leaves when the setting is switched off", async () => {
    await vouch(team, [network, at(9)], { name: "Nets" });
    const connector = await connectFor(8);
    await push(actor, connector);
    const patch = connectorPatchSchema.parse({ selection: { expandNetworksUpTo: 0 } });
    await push(actor, await updateConnector(actor, connector, patch));
    expect(await valuesThere()).toEqual([at(9).value]);
  });
});

describe("an address of a network", () => {
  it("that is an indicator itself stands once, with both feeds’ words, and outlives the network", async () => {
    await vouch(team, [network], { name: "Nets", confidence: 60 });
    await vouch(team, [at(9)], { name: "Hosts", confidence: 90 });
    const connector = await connectFor(8);
    await push(actor, connector);
    const records = await remote.defender();
    expect(records).toHaveLength(8);
    const both = records.find(({ indicatorValue }) => indicatorValue === at(9).value);
    expect(both?.description).toContain("Feeds: Hosts, Nets.");

    await unvouch(team, [network]);
    await push(actor, connector);

    expect(await valuesThere()).toEqual([at(9).value]);
    expect((await remote.defender())[0]?.description).not.toContain("network");
  });

  it("in two networks stands once and names both", async () => {
    const inner: Vouched = { type: "ipv4-cidr", value: `${base}.8/30` };
    await vouch(team, [network, inner], { name: "Nets" });
    await push(actor, await connectFor(8));
    expect(await valuesThere()).toEqual(inNetwork().toSorted());
    const [record] = (await remote.defender()).filter(({ indicatorValue }) => indicatorValue === at(8).value);
    expect(record?.description).toContain(`Part of the networks ${network.value}, ${inner.value}.`);
  });

  it("stays out by an allowlist, alone, and leaves when the list comes later", async () => {
    await vouch(team, [network], { name: "Nets" });
    await allow(at(10).value);
    const connector = await connectFor(8);
    const items = await planned(connector);
    expect(items.get(at(10).value)).toMatchObject({ operation: "blocked", code: "allowlisted" });
    await push(actor, connector);
    expect(await valuesThere()).not.toContain(at(10).value);

    const before = await plan(actor, connector);
    await allow(at(11).value);
    await rescreenTeam(team.id, { signal });
    const after = await plan(actor, connector);
    expect([before.counts.remove, after.counts.remove]).toEqual([0, 1]);
    await push(actor, connector);
    expect(await valuesThere()).toHaveLength(6);
  });

  it("that is private stays out as any other", async () => {
    await vouch(team, [{ type: "ipv4-cidr", value: "192.168.7.0/30" }], { name: "Nets" });
    const items = await planned(await connectFor(4));
    expect([...items.values()].every(({ operation }) => operation === "blocked")).toBe(true);
  });

  it("is taken back at once when it is recalled, or its network is", async () => {
    await vouch(team, [network], { name: "Nets" });
    const connector = await connectFor(8);
    await push(actor, connector);
    const recall = async (value: string) => {
      const target = readTarget("value", value);
      const { id } = await createRecall(actor, team.id, { target, reason: "Wrong.", until: null });
      const outcome = await carryOutRecall(id, { signal });
      await deliverUrgent();
      return outcome;
    };
    expect(await recall(at(12).value)).toEqual({ matched: 1, pushes: 1 });
    expect(await valuesThere()).toEqual(
      inNetwork()
        .filter((value) => value !== at(12).value)
        .toSorted(),
    );

    expect(await recall(network.value)).toEqual({ matched: 9, pushes: 1 });
    expect(await valuesThere()).toEqual([]);
  });

  it("is not sent any more once its network was withdrawn, whatever was planned", async () => {
    await vouch(team, [network], { name: "Nets" });
    const connector = await connectFor(8);
    const pushId = await apply(actor, connector);
    const id = indicatorId(network.type, network.value);
    await withdrawIndicator(actor, access(), { indicatorId: id, reason: "Shared host." });
    await deliverToTheEnd(pushId);
    expect(await valuesThere()).toEqual([]);
  });

  it("goes with what a person holds back", async () => {
    const feedId = await vouch(team, [network], { name: "Nets" });
    const connector = await connectFor(8, {}, { mode: "automatic" });
    await push(actor, connector);
    await withhold(actor, access(), { target: { scope: "feed", id: feedId }, reason: "Look twice." });
    await deliverUrgent();
    expect(await valuesThere()).toEqual([]);
  });
});

describe("a network that a person saves", () => {
  it("goes ahead at once with its addresses, and leaves so when it is withdrawn", async () => {
    const connector = await connectFor(8, {}, { mode: "automatic" });
    await addLocalIndicators(actor, access(), [{ value: network.value }]);
    expect(await planUrgent(connector.id)).toMatchObject({ status: "applied" });
    await deliverUrgent();
    expect(await valuesThere()).toEqual(inNetwork().toSorted());

    const id = indicatorId(network.type, network.value);
    await withdrawIndicator(actor, access(), { indicatorId: id, reason: "Shared host." });
    expect(await planUrgent(connector.id)).toMatchObject({ status: "applied" });
    await deliverUrgent();
    expect(await valuesThere()).toEqual([]);
  });
});

describe("what a connector takes", () => {
  it("is asked of the network: its type, its feed’s confidence, its rules", async () => {
    await vouch(team, [network], { name: "Nets", confidence: 90 });
    await vouch(team, [{ type: "ipv4-cidr", value: `${base}.16/30` }], { name: "Weak", confidence: 10 });
    const rules = [{ when: { types: ["ipv4-cidr"] }, severity: "High" }];
    const sure = await planned(await connectFor(8, { minConfidence: 50 }, { rules }));
    expect(sure.get(at(9).value)).toMatchObject({ operation: "add", severity: "High" });
    expect(sure.has(at(17).value)).toBe(false);
    const hosts = await planned(await connectFor(8, { types: ["ipv4"] }));
    expect([...hosts.values()].map(({ code }) => code)).toEqual(["type-not-selected", "type-not-selected"]);
    const nets = await planned(await connectFor(8, { types: ["ipv4-cidr"] }));
    expect(nets.get(at(9).value)).toMatchObject({ operation: "add" });
  });

  it("is each team’s own: what another team takes apart is no address of this one", async () => {
    await vouch(team, [network], { name: "Nets" });
    await push(actor, await connectFor(8));
    const other = await makeTeam();
    const stranger = await makeActor([[other, "owner"]]);
    await vouch(other, [network], { name: "Same nets" });
    const app = { app: "TPI_TeamB" as const };
    const off = await connect(stranger, other, "defender", app);
    expect((await plan(stranger, off)).counts).toMatchObject({ add: 0, blocked: 1 });
    await vouch(other, [at(9)], { name: "Hosts" });
    const on = await connect(stranger, other, "defender", { ...app, selection: { expandNetworksUpTo: 4 } });
    expect((await plan(stranger, on)).counts).toMatchObject({ add: 1, blocked: 1 });
  });
});
