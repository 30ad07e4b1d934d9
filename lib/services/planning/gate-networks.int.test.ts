import { randomInt } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import type { Actor } from "@/lib/domain/access/actor";
import { addressesIn } from "@/lib/domain/indicator/expand";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { askPrevalence } from "./ask-prevalence";
import { endLetThrough } from "./end-let-through";
import { letThrough } from "./let-through";
import { listPlanItems } from "./list-plan-items";
import {
  clientIdOf,
  connect,
  CONTOSO,
  plan,
  push,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const SIZE = 4;

let team: TestTeam;
let actor: Actor;
/** A network of each test's own, so that hardly two share an address. */
let network: Vouched;
let first: string;
beforeEach(async () => {
  const roles = ["Ti.ReadWrite", "URL.Read.All", "Ip.Read.All", "File.Read.All"];
  const clientId = clientIdOf("TPI_TeamA");
  await remote.control("POST", "applications", { tenantId: CONTOSO, clientId, roles });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  network = { type: "ipv4-cidr", value: `45.156.${String(randomInt(256))}.8/30` };
  first = addressesIn(network.value)[0]?.value ?? "";
  await vouch(team, [network], { name: "Nets" });
});

const stateSchema = z.object({
  tenants: z.array(
    z.object({
      defender: z.object({ indicators: z.array(z.object({ rbacGroupNames: z.array(z.string()) })) }),
    }),
  ),
});
/** The device groups of what stands in the tenants. */
const groupsThere = async () => {
  const { tenants } = stateSchema.parse(await remote.control("GET", "state"));
  return tenants.flatMap(({ defender }) => defender.indicators.map(({ rbacGroupNames }) => rbacGroupNames));
};
const see = (devices: number) =>
  remote.control("POST", "seed", { tenantId: CONTOSO, sightings: [{ value: first, devices }] });
const gated = async (gate: Record<string, unknown>, settings = {}): Promise<ConnectorView> => {
  const connector = await connect(actor, team, "defender", {
    ...{ action: "Block", selection: { expandNetworksUpTo: SIZE }, gate },
    ...settings,
  });
  await testConnector(actor, connector);
  return connector;
};
const planned = async (connector: ConnectorView) => {
  const made = await plan(actor, connector);
  const page = { limit: 100, after: null };
  const { items } = await listPlanItems({ id: made.id, teamId: team.id }, page);
  return { counts: made.counts, items: new Map(items.map((item) => [item.value, item])) };
};
/** Another team that has the network's first address withdraws the value. */
const dispute = async (value: Vouched) => {
  const otherTeam = await makeTeam();
  const other = await makeActor([[otherTeam, "owner"]]);
  await vouch(otherTeam, [value], { name: "Theirs" });
  const [access] = other.teams;
  if (!access) throw new Error("The actor has no team.");
  const reason = "Wrong.";
  await withdrawIndicator(other, access, { indicatorId: indicatorId(value.type, value.value), reason });
};

describe("a network's addresses under a gate", () => {
  it("wait for their prevalence, and what is too widely seen stays out until a person lets it through", async () => {
    await see(1204);
    const connector = await gated({ maxPrevalence: 50 });
    const waiting = await planned(connector);
    expect(waiting.counts).toMatchObject({ add: 0, blocked: SIZE + 1 });
    expect(waiting.items.get(first)).toMatchObject({ code: "waits-for-prevalence" });
    expect(await askPrevalence(connector.id, { signal })).toMatchObject({ known: SIZE });

    const judged = await planned(connector);
    expect(judged.counts).toMatchObject({ add: SIZE - 1 });
    expect(judged.items.get(first)).toMatchObject({
      operation: "blocked",
      code: "too-prevalent",
      devices: 1204,
    });

    const one = { indicatorId: indicatorId("ipv4", first), reason: "Ours to block." };
    await letThrough(actor, connector, one);
    expect((await planned(connector)).items.get(first)).toMatchObject({ operation: "add", action: "Block" });
    await endLetThrough(actor, connector, one);
    expect((await planned(connector)).items.get(first)).toMatchObject({ code: "too-prevalent" });
  });

  it("are judged again once a word for the network is taken back, until all of them that block pass", async () => {
    await see(1204);
    const connector = await gated({ maxPrevalence: 50 });
    await planned(connector);
    await askPrevalence(connector.id, { signal });
    const whole = { indicatorId: indicatorId(network.type, network.value), reason: "All of it." };
    await letThrough(actor, connector, whole);
    await push(actor, connector);
    await endLetThrough(actor, connector, whole);

    const judged = async () => {
      const { counts, items } = await planned(connector);
      return { remove: counts.remove, keep: counts.keep, code: items.get(first)?.code };
    };
    const isToGo = { remove: 1, keep: SIZE - 1, code: "too-prevalent" };
    expect(await judged()).toEqual(isToGo);
    // As long as nobody applies that, the others that pass settle nothing for it.
    expect(await judged()).toEqual(isToGo);

    await push(actor, connector);
    expect((await planned(connector)).counts).toMatchObject({ remove: 0, keep: SIZE - 1 });
    await database.asOwner((client) => client.query("UPDATE prevalence SET devices = 9999"));
    expect((await planned(connector)).counts).toMatchObject({ remove: 0, keep: SIZE - 1 });
  });

  it.each(["address", "network"])(
    "stay out where another team withdrew the %s, and no further",
    async (what) => {
      const connector = await gated({ otherTeams: true });
      await dispute(what === "network" ? network : { type: "ipv4", value: first });

      const { counts, items } = await planned(connector);

      expect(counts).toMatchObject({ add: what === "network" ? 0 : SIZE - 1 });
      expect(items.get(first)).toMatchObject({ operation: "blocked", code: "disputed" });
      expect(items.get(network.value)).toMatchObject({ code: "sent-as-addresses" });
    },
  );

  it("that block already go on blocking whatever another team says of the network since", async () => {
    const connector = await gated({ otherTeams: true });
    await push(actor, connector);
    await dispute(network);

    expect((await planned(connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: SIZE });
  });

  it("go to the device groups of the rule that the network fits, and move with it", async () => {
    const rule = (deviceGroups: string[]) => [{ when: { types: ["ipv4-cidr"] }, deviceGroups }];
    const connector = await gated({ otherTeams: true }, { rules: rule(["Servers"]) });
    await push(actor, connector);

    const stands = await groupsThere();
    expect(stands).toEqual(Array.from({ length: SIZE }, () => ["Servers"]));
    const wished = await database.asOwner(async (client) => {
      const { rows } = await client.query<{ groups: unknown }>(
        "SELECT device_groups AS groups FROM budget_entry WHERE connector_id = $1",
        [connector.id],
      );
      return rows.map(({ groups }) => groups);
    });
    expect(wished).toEqual(stands);
    expect((await planned(connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: SIZE });
  });
});
