import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import { clientIdOf, connect, CONTOSO, vouch } from "@/lib/services/delivery/testing/desk";
import type { RowFormat } from "@/lib/services/indicators/export-rows";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { exportUnsent, type UnsentList } from "./export-unsent";
import { countForeign, listForeign, type ForeignFilter } from "./list-foreign";
import { countStrangers, listStrangers } from "./list-strangers";
import { reconcileConnector } from "./reconcile-connector";

const { database, remote } = useDestinations();
const { signal } = new AbortController();

let team: TestTeam;
let actor: Actor;
let reader: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
});

const seed = (records: object[]) =>
  remote.control("POST", "seed", {
    tenantId: CONTOSO,
    records: records.map((record) => ({ indicatorType: "DomainName", ...record })),
  });
const reconcile = () => reconcileConnector(reader.id, { signal });
const shown = async (filter: ForeignFilter = {}) => {
  const { records } = await listForeign(reader, { ...filter, limit: 50, after: null });
  return records.map(({ value }) => value);
};
const fileOf = async (list: UnsentList, format: RowFormat, filter: object = {}) => {
  const pieces: string[] = [];
  for await (const piece of exportUnsent(actor, reader, { list, format, filter })) pieces.push(piece);
  return pieces.join("");
};

describe("what others hold in a tenant", () => {
  beforeEach(async () => {
    await seed([
      { indicatorValue: "one.example.org", action: "Audit" },
      { indicatorValue: "two.example.org", action: "Block", createdBy: "portal" },
      { indicatorValue: "45.155.205.9", indicatorType: "IpAddress", rbacGroupNames: ["Servers"] },
    ]);
    await vouch(team, [{ type: "domain", value: "two.example.org" }], { name: "Feed" });
    await reconcile();
  });

  it("is listed in pages with its maker, and whether the team has it, too", async () => {
    const first = await listForeign(reader, { limit: 2, after: null });
    const second = await listForeign(reader, { limit: 2, after: first.next });
    expect([first.isVisible, first.records.length, second.records.length, second.next]).toEqual([
      ...[true, 2, 1, null],
    ]);
    const all = [...first.records, ...second.records];
    expect(all.find(({ value }) => value === "two.example.org")).toMatchObject({
      ...{ type: "domain", action: "Block", makerName: "Adele Vance", isWanted: true, deviceGroups: [] },
      indicatorId: indicatorId("domain", "two.example.org"),
    });
    expect(all.find(({ value }) => value === "45.155.205.9")).toMatchObject({
      ...{ makerName: "Contoso SOAR", isWanted: false, deviceGroups: ["Servers"] },
    });
    expect(await countForeign(reader)).toEqual({ count: 3, wanted: 1 });
  });

  it.each([
    ["a part of the value", { q: "ONE.ex" }, ["one.example.org"]],
    ["its type", { type: "ipv4" as const }, ["45.155.205.9"]],
    ["what it does there", { action: "Audit" }, ["one.example.org"]],
    ["who made it", { maker: "adele" }, ["two.example.org"]],
    ["what the team has, too", { wanted: true }, ["two.example.org"]],
    ["what is a pattern elsewhere", { q: "%" }, []],
  ])("is found by %s", async (_, filter, expected) => {
    expect(await shown(filter)).toEqual(expected);
  });

  it("is a file by the same filter, and who took it is kept", async () => {
    const csv = await fileOf("foreign", "csv", { q: "example" });
    expect(csv.split("\n")[0]).toBe(
      "\uFEFFremoteId,indicatorId,type,value,action,deviceGroups,maker,makerName,seenAt,isWanted",
    );
    expect(csv).toContain("two.example.org,Block");
    expect(csv).not.toContain("45.155.205.9");
    expect(JSON.parse(await fileOf("foreign", "json"))).toMatchObject({ records: { length: 3 } });
    expect(JSON.parse(await fileOf("foreign", "json", { q: "nothing" }))).toEqual({ records: [] });
    const { rows } = await database.asOwner((client) =>
      client.query("SELECT detail FROM audit_entry WHERE action = 'connector.export' AND team_id = $1", [
        team.id,
      ]),
    );
    expect(rows).toHaveLength(3);
    expect(rows[0]).toEqual({ detail: { list: "foreign", format: "csv" } });
  });

  it("is nothing to a team none of whose applications sees it", async () => {
    const other = await makeTeam();
    const stranger = await makeActor([[other, "owner"]]);
    const blind = await connect(stranger, other, "defender", { app: "TPI_TeamB" });
    expect(await listForeign(blind, { limit: 10, after: null })).toEqual({
      ...{ isVisible: false, records: [], next: null },
    });
    expect(await countForeign(blind)).toBeNull();
    await expect(countForeign({ id: reader.id, teamId: other.id })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});

describe("what the application made and nobody here knows of", () => {
  it("is counted by what becomes of it, found by a part of its value, and a file", async () => {
    const createdBy = clientIdOf("TPI_Reader");
    await seed([
      { indicatorValue: "left.example.org", createdBy },
      { indicatorValue: "right.example.org", createdBy },
    ]);
    await reconcile();
    expect(await countStrangers(reader)).toMatchObject({ open: 2, ignored: 0, marked: 0 });
    const { strangers } = await listStrangers(reader, { q: "LEFT", limit: 10, after: null });
    expect(strangers.map(({ value }) => value)).toEqual(["left.example.org"]);
    expect(await fileOf("strangers", "csv", { state: "open" })).toContain("right.example.org");
    expect(JSON.parse(await fileOf("strangers", "json", { state: "gone" }))).toEqual({ records: [] });
  });
});

describe("what an application sees", () => {
  it("is not said to be invisible before anybody looked, and is known once it was compared", async () => {
    await seed([{ indicatorValue: "one.example.org" }]);
    const unread = { isUnread: true, foreign: null };
    expect(await getCapacity(reader)).toMatchObject(unread);
    await testConnector(actor, reader);
    expect(await getCapacity(reader)).toMatchObject(unread);
    await reconcile();
    expect(await getCapacity(reader)).toMatchObject({ isUnread: false, foreign: 1 });
  });

  it("is read anew when a test shows that its rights have grown", async () => {
    const plain = await connect(actor, team, "defender", { app: "TPI_TeamA" });
    await reconcileConnector(plain.id, { signal });
    expect(await getCapacity(plain)).toMatchObject({ isUnread: false, foreign: null });
    await database.asOwner((client) => client.query("DELETE FROM outbox"));

    const roles = ["Ti.ReadWrite", "Ti.Read.All"];
    await remote.control("POST", "applications", {
      ...{ tenantId: CONTOSO, clientId: clientIdOf("TPI_TeamA"), roles },
    });
    await testConnector(actor, plain);

    expect(await getCapacity(plain)).toMatchObject({ isUnread: true, foreign: null });
    const { rows } = await database.asOwner((client) => client.query("SELECT job FROM outbox"));
    expect(rows).toEqual([{ job: "connector.reconcile" }]);
  });
});
