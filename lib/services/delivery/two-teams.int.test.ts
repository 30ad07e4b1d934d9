import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { listReceipts } from "./list-receipts";
import { clientIdOf, connect, plan, push, someValues, unvouch, vouch, type Vouched } from "./testing/desk";
import { toldSinceRemoval } from "./testing/told";

const { database, remote } = useDestinations();

const lab: Vouched = { type: "ipv4", value: "123.123.123.123" };
type Side = { team: TestTeam; actor: Actor; defender: ConnectorView; sentinel: ConnectorView };

const makeSide = async (app: "TPI_TeamA" | "TPI_TeamB", name: string): Promise<Side> => {
  const team = await makeTeam(`${name} ${crypto.randomUUID().slice(0, 8)}`);
  const actor = await makeActor([[team, "owner"]]);
  const defender = await connect(actor, team, "defender", { app });
  const sentinel = await connect(actor, team, "sentinel", { app });
  return { team, actor, defender, sentinel };
};

let a: Side;
let b: Side;
beforeEach(async () => {
  a = await makeSide("TPI_TeamA", "Team A");
  b = await makeSide("TPI_TeamB", "Team B");
  await vouch(a.team, [lab], { name: "Secret source of A", comment: "TeamA", threatType: "Botnet" });
  await vouch(b.team, [lab], { name: "Secret source of B", comment: "TeamB" });
});

describe("two teams that want one value at one destination", () => {
  it("get one record, made by the first, that names both and neither's private feed", async () => {
    await push(a.actor, a.defender);
    await push(a.actor, a.sentinel);
    const [alone] = await remote.defender();
    expect(alone?.title).toBe(`[${a.team.name}] Secret source of A · IPv4 address · 80`);
    expect(alone?.description).toContain("Botnet: TeamA. Feeds: Secret source of A.");

    await push(b.actor, b.defender);
    await push(b.actor, b.sentinel);

    const records = await remote.defender();
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      id: alone?.id,
      createdBy: clientIdOf("TPI_TeamA"),
      title: `[${a.team.name} +1] IPv4 address · 80`,
    });
    expect(records[0]?.description).toContain(`Teams: ${a.team.name}, ${b.team.name}.`);
    const objects = await remote.sentinel();
    expect(objects).toHaveLength(1);
    expect(objects[0]?.labels).toEqual([`team:${a.team.name}`, `team:${b.team.name}`]);
    expect(JSON.stringify([records, objects])).not.toMatch(/Secret source|TeamA|TeamB|Botnet/);
  });

  it("leave a record made by the second team's application when the first withdraws", async () => {
    for (const side of [a, b]) for (const one of [side.defender, side.sentinel]) await push(side.actor, one);
    await unvouch(a.team, [lab]);

    const pushes = [await push(a.actor, a.defender), await push(a.actor, a.sentinel)];

    for (const { state, counts } of pushes)
      expect([state, counts.removed, counts.failed]).toEqual(["done", 1, 0]);
    const records = await remote.defender();
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({
      createdBy: clientIdOf("TPI_TeamB"),
      title: `[${b.team.name}] Secret source of B · IPv4 address · 80`,
    });
    const objects = await remote.sentinel();
    expect(objects.map(({ labels }) => labels)).toEqual([[`team:${b.team.name}`, "feed:Secret source of B"]]);
    expect(JSON.stringify([records, objects])).not.toContain(a.team.name);

    const { receipts } = await listReceipts(b.defender, { limit: 10, after: null });
    expect(receipts).toMatchObject([{ state: "accepted", remoteId: records[0]?.id, reason: null }]);
    expect(await plan(b.actor, b.defender)).toMatchObject({
      counts: { add: 0, change: 0, remove: 0, keep: 1 },
    });
  });

  it("take the second team's name out when it withdraws, written by the record's maker", async () => {
    for (const side of [a, b]) for (const one of [side.defender, side.sentinel]) await push(side.actor, one);
    await unvouch(b.team, [lab]);
    await push(b.actor, b.defender);
    await push(b.actor, b.sentinel);

    expect(await remote.defender()).toMatchObject([
      {
        createdBy: clientIdOf("TPI_TeamA"),
        title: `[${a.team.name}] Secret source of A · IPv4 address · 80`,
      },
    ]);
    expect((await remote.sentinel()).map(({ labels }) => labels)).toEqual([
      [`team:${a.team.name}`, "feed:Secret source of A"],
    ]);
    const { receipts } = await listReceipts(b.defender, { limit: 10, after: null });
    expect(receipts).toMatchObject([{ state: "gone" }]);
    // The record stays for the other team: nobody saw it gone.
    expect(await toldSinceRemoval(b.actor, b.defender, lab)).toEqual(["it accepted its removal."]);
  });

  it("end it when both have gone", async () => {
    for (const side of [a, b]) for (const one of [side.defender, side.sentinel]) await push(side.actor, one);
    for (const side of [a, b]) {
      await unvouch(side.team, [lab]);
      for (const one of [side.defender, side.sentinel]) await push(side.actor, one);
    }
    expect(await remote.defender()).toEqual([]);
    expect(await remote.sentinel()).toEqual([]);
  });

  it("get the stricter action, in a record that is made anew", async () => {
    const strict = await connect(b.actor, b.team, "defender", { app: "TPI_TeamB", action: "Block" });
    await push(a.actor, a.defender);
    await push(b.actor, strict);
    expect(await remote.defender()).toMatchObject([
      { action: "Block", createdBy: clientIdOf("TPI_TeamA"), title: `[${a.team.name} +1] IPv4 address · 80` },
    ]);
    expect(await plan(a.actor, a.defender)).toMatchObject({ counts: { add: 0, change: 0, keep: 1 } });

    await unvouch(b.team, [lab]);
    await push(b.actor, strict);
    expect(await remote.defender()).toMatchObject([{ action: "Audit" }]);
  });

  it("see each other's record confirmed, though neither's application sees the other's", async () => {
    await push(a.actor, a.defender);
    await push(b.actor, b.defender);
    const confirmed = await confirmConnector(b.defender.id, { signal: new AbortController().signal });
    expect(confirmed).toEqual({ visible: 1, gone: 0, unconfirmed: 0, problem: null });
    for (const side of [a, b]) {
      const { receipts } = await listReceipts(side.defender, { limit: 10, after: null });
      expect(receipts).toMatchObject([{ state: "visible" }]);
    }
  });

  it.each([
    [
      "application cannot sign in any more",
      () => remote.control("DELETE", `applications/${clientIdOf("TPI_TeamA")}`),
    ],
    [
      "credential was sealed with a key that is gone",
      () =>
        database.asOwner((client) =>
          client.query(
            "UPDATE credential SET sealed = regexp_replace(sealed, '^v1[.][^.]+', 'v1.gone') WHERE connector_id = $1",
            [a.defender.id],
          ),
        ),
    ],
  ])("know what to do when the maker's %s: the others' push goes on", async (_why, loseMaker) => {
    const [own] = someValues(1);
    if (!own) throw new Error("No value.");
    await push(a.actor, a.defender);
    await vouch(b.team, [own], { name: "Only B's" });
    await loseMaker();
    const pushed = await push(b.actor, b.defender);

    expect(pushed).toMatchObject({ state: "done", counts: { failed: 1, accepted: 1 } });
    expect(pushed.failures[0]?.reason).toContain("made by another team's application, which cannot sign in");
    expect(await plan(b.actor, b.defender)).toMatchObject({ counts: { add: 1 } });
  });
});
