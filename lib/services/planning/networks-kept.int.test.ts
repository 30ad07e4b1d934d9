import { randomInt } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { bulkAsTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { DEFAULT_EXPIRY_DAYS } from "@/lib/domain/indicator/validity";
import { addressesIn } from "@/lib/domain/indicator/expand";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { addEntries } from "@/lib/services/allowlists/add-entries";
import { createAllowlist } from "@/lib/services/allowlists/create-allowlist";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { countNetworks } from "@/lib/services/connectors/count-networks";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { listIndicators } from "@/lib/services/indicators/list-indicators";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { indicatorFilterSchema } from "@/lib/domain/indicator/list-query";
import { sweepOrphans } from "@/lib/services/scheduling/purge-orphans";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { readLapsing } from "./lapsing-claims";
import { listDrift } from "@/lib/services/reconcile/list-drift";
import { listPlanItems } from "./list-plan-items";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import {
  connect,
  CONTOSO,
  forgetDestinations,
  plan,
  push,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { openPortal } from "@/lib/services/delivery/testing/outside";
import { lookAt } from "@/lib/services/delivery/testing/remote";

// What is kept of networks that went out as addresses: places, traces, drift, ends, and nothing when nobody asks any more.

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let base: string;
let network: Vouched;
let connector: ConnectorView;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  base = `45.155.${String(randomInt(256))}`;
  network = { type: "ipv4-cidr", value: `${base}.8/29` };
  const selection = { expandNetworksUpTo: 8 };
  connector = await connect(actor, team, "defender", { app: "TPI_Reader", selection, driftMode: "ask" });
});

const idOf = ({ type, value }: Vouched): string => indicatorId(type, value);
const at = (last: number): Vouched => ({ type: "ipv4", value: `${base}.${String(last)}` });
const allow = async (value: string): Promise<void> => {
  const list = await createAllowlist(actor, team.id, { name: value, match: "cidr", effect: "stop" });
  await addEntries(actor, list, [{ value, comment: "Our own.", until: null }]);
};

describe("places of a tenant", () => {
  it("go to one of two equal networks before the other", async () => {
    await remote.control("POST", "seed", { tenantId: CONTOSO, foreign: 14_995 });
    await confirmConnector(connector.id, { signal });
    const nets: Vouched[] = [16, 20].map((last) => ({
      type: "ipv4-cidr",
      value: `${base}.${String(last)}/30`,
    }));
    await vouch(team, nets, { name: "Nets" });
    const { id, counts } = await plan(actor, connector);
    expect(counts).toMatchObject({ add: 5, blocked: 5 });
    const { items } = await listPlanItems({ id, teamId: team.id }, { limit: 100, after: null });
    const added = items.flatMap(({ operation, value }) => (operation === "add" ? [value] : []));
    const shares = nets.map(
      ({ value }) => addressesIn(value).filter((one) => added.includes(one.value)).length,
    );
    expect(shares.toSorted()).toEqual([1, 4]);
  });

  it("are counted before anybody asks for them", async () => {
    const nets = await vouch(team, [network, { type: "ipv4-cidr", value: `${base}.16/30` }], {
      name: "Nets",
    });
    await vouch(team, [{ type: "ipv4-cidr", value: "198.18.0.0/15" }], { name: "Wide" });
    const inner = { type: "ipv4-cidr", value: network.value.replace("/29", "/30") } as const;
    const nested = await vouch(team, [inner], { name: "Nested" });
    const all = { feeds: null, types: null };
    expect(await countNetworks(team.id, all)).toEqual([
      { size: 4, within: null, networks: 1 },
      { size: 4, within: 8, networks: 1 },
      { size: 8, within: null, networks: 1 },
    ]);
    expect(await countNetworks(team.id, { feeds: [nested], types: null })).toEqual([
      { size: 4, within: null, networks: 1 },
    ]);
    expect(await countNetworks(team.id, { feeds: [nets], types: ["ipv4-cidr"] })).toEqual([
      { size: 4, within: null, networks: 1 },
      { size: 8, within: null, networks: 1 },
    ]);
    expect(await countNetworks(team.id, { feeds: null, types: ["ipv6-cidr"] })).toEqual([]);
  });
});

describe("the trace", () => {
  it("of a network is the sum of its addresses; each address leads back to it", async () => {
    await vouch(team, [network], { name: "Nets" });
    await allow(at(10).value);
    await push(actor, connector);

    const { addresses, receipts } = await traceIndicator(actor, idOf(network));
    expect(receipts).toEqual([]);
    expect(addresses).toMatchObject([
      {
        connectorId: connector.id,
        ...{ addresses: 8, standing: 7, waiting: 0, failed: 0 },
        out: [{ code: "allowlisted", count: 1 }],
      },
    ]);
    const address = await traceIndicator(actor, idOf(at(9)));
    expect(address).toMatchObject({ value: at(9).value, states: [], attributions: [] });
    expect(address.networks).toEqual([{ id: idOf(network), value: network.value, team: team.slug }]);
    expect(address.receipts).toMatchObject([{ state: "accepted" }]);
    expect(address.decisions).toMatchObject([{ outcome: "add" }]);
  });

  it("is the team's own: another that has the network knows nothing of its addresses", async () => {
    await vouch(team, [network], { name: "Nets" });
    await push(actor, connector);
    const other = await makeTeam();
    const stranger = await makeActor([[other, "owner"]]);
    await vouch(other, [network], { name: "Same nets" });
    expect(await traceIndicator(stranger, idOf(network))).toMatchObject({ addresses: [], networks: [] });
    await expect(traceIndicator(stranger, idOf(at(9)))).rejects.toMatchObject({ code: "not_found" });
  });

  it("and nothing else shows what no source named", async () => {
    await vouch(team, [network], { name: "Nets" });
    await push(actor, connector);
    const filter = indicatorFilterSchema.parse({});
    const page = { teamIds: [team.id], filter, limit: 50, cursor: null };
    const { indicators } = await listIndicators(actor, page);
    expect(indicators.map(({ value }) => value)).toEqual([network.value]);
  });

  it("in the list is how many of its addresses stand at each connector", async () => {
    await vouch(team, [network], { name: "Nets" });
    await allow(at(10).value);
    await push(actor, connector);
    const filter = indicatorFilterSchema.parse({});
    const page = { teamIds: [team.id], filter, limit: 50, cursor: null };
    const { indicators } = await listIndicators(actor, page);
    const shown = { connectorId: connector.id, connector: connector.name, state: "accepted" };
    expect(indicators.map(({ destinations }) => destinations)).toEqual([
      [{ ...shown, addresses: { of: 8, standing: 7 } }],
    ]);
  });
});

describe("an address of a network at Defender", () => {
  it("that somebody removed there is drift as any other", async () => {
    await vouch(team, [network], { name: "Nets" });
    await push(actor, connector);
    await confirmConnector(connector.id, { signal });
    await reconcileConnector(connector.id, { signal });
    await openPortal(() => sandbox.url, "TPI_Reader").remove(at(9).value);
    await reconcileConnector(connector.id, { signal });
    const { drift } = await listDrift(connector, { limit: 10, after: null });
    expect(drift).toMatchObject([{ value: at(9).value, what: "removed" }]);
  });

  it("is renewed before it ends, as long as its network holds", async () => {
    await vouch(team, [network], { name: "Nets" });
    await push(actor, connector);
    const lapsing = (days: number) =>
      bulkAsTeam(team.id, (client) =>
        readLapsing(client, {
          mode: "review",
          teamId: team.id,
          now: new Date(Date.now() + days * 86_400_000),
        }),
      );
    expect(await lapsing(1)).toEqual([]);
    expect(await lapsing(DEFAULT_EXPIRY_DAYS.ipv4 - 2)).toMatchObject([
      { connectorId: connector.id, renewable: 8 },
    ]);
  });
});

describe("addresses that nobody asks for any more", () => {
  const countAddresses = () =>
    database.asOwner(async (client) => {
      const { rows } = await client.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM indicator WHERE key = ANY ($1::uuid[])`,
        [addressesIn(network.value).map(({ type, value }) => indicatorId(type, value))],
      );
      return rows[0]?.count;
    });

  it("are forgotten; those of a setting that stands, or with a receipt, are not", async () => {
    await vouch(team, [network], { name: "Nets" });
    await plan(actor, connector);
    await sweepOrphans();
    expect(await countAddresses()).toBe(8);

    const patch = connectorPatchSchema.parse({ selection: { expandNetworksUpTo: 0 } });
    await updateConnector(actor, connector, patch);
    await plan(actor, connector);
    await database.asOwner((client) => client.query("DELETE FROM plan_item WHERE team_id = $1", [team.id]));
    await sweepOrphans();
    expect(await countAddresses()).toBe(0);
  });
});
