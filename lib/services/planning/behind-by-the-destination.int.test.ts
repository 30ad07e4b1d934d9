import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateBudget } from "@/lib/services/budget/update-budget";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { tryMd5 } from "@/lib/services/connectors/try-md5";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import {
  clientIdOf,
  connect,
  CONTOSO,
  plan,
  push,
  someValues,
  vouch,
} from "@/lib/services/delivery/testing/desk";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { askPrevalence } from "./ask-prevalence";
import { isPlanBehind } from "./is-plan-behind";

const { database, remote } = useDestinations();
const { signal } = new AbortController();
const TWO_HOURS = 2 * 3_600_000;

/** A team that reviews what it sends to the tenant. */
type Side = { team: TestTeam; actor: Actor; connector: ConnectorView };
const makeSide = async (app: "TPI_TeamA" | "TPI_TeamB" | "TPI_Reader", settings = {}): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  return { team, actor, connector: await connect(actor, team, "defender", { app, ...settings }) };
};
const planned = ({ actor, connector }: Side) => plan(actor, connector);
/** Whether it is said to be behind, where all that say so agree. */
const isBehind = async ({ team, actor, connector }: Side): Promise<boolean> => {
  const { attention } = await getTeamOverview(actor, { ...team, role: "owner" }, new Date());
  const isTold = attention.some(({ kind }) => kind === "unplanned");
  const isWaiting = attention.some(({ kind }) => kind === "waiting-plan");
  const isSaid = await isPlanBehind(connector);
  // A plan with changes is told of instead of what it does not know.
  if (!isWaiting) expect(isTold).toBe(isSaid);
  return isSaid;
};
const seed = (what: object) => remote.control("POST", "seed", { tenantId: CONTOSO, ...what });
/** Somebody else's record, which ends there within two hours. */
const theirs = (value: string) => ({
  ...{ indicatorValue: value, indicatorType: "DomainName", action: "Audit", title: "Theirs" },
  expirationTime: new Date(Date.now() + TWO_HOURS / 2).toISOString(),
});
const twoHoursPass = () => remote.control("PUT", "clock", { advanceMs: TWO_HOURS });
const readBy = ({ connector }: Side) => confirmConnector(connector.id, { signal });

describe("a connector where a person applies is behind once", () => {
  it("its tenant was found to take MD5 or not to, by whichever team, and not when that is no news", async () => {
    await database.asOwner((client) => client.query("UPDATE destination SET accepts_md5 = NULL"));
    const [one, other] = [await makeSide("TPI_TeamA"), await makeSide("TPI_TeamB")];
    await planned(one);
    await planned(other);
    expect([await isBehind(one), await isBehind(other)]).toEqual([false, false]);

    await tryMd5(one.actor, one.connector);

    expect([await isBehind(one), await isBehind(other)]).toEqual([true, true]);
    await planned(one);
    await planned(other);
    await tryMd5(one.actor, one.connector);
    expect([await isBehind(one), await isBehind(other)]).toEqual([false, false]);

    await remote.control("PUT", "switches", { defenderMd5: "refuse" });
    await tryMd5(one.actor, one.connector);
    expect([await isBehind(one), await isBehind(other)]).toEqual([true, true]);
  });

  describe("a figure came that its gate goes by", () => {
    const values = someValues(1);
    const see = (devices: number) => seed({ sightings: values.map(({ value }) => ({ value, devices })) });
    let side: Side;
    beforeEach(async () => {
      const roles = ["Ti.ReadWrite", "URL.Read.All", "Ip.Read.All", "File.Read.All"];
      const application = { tenantId: CONTOSO, clientId: clientIdOf("TPI_TeamA"), roles };
      await remote.control("POST", "applications", application);
      await see(9);
      side = await makeSide("TPI_TeamA", { action: "Block", gate: { maxPrevalence: 50 } });
      await testConnector(side.actor, side.connector);
      await vouch(side.team, values, { name: "Feed" });
      await planned(side);
    });
    const ask = () => askPrevalence(side.connector.id, { signal });
    const aDayPasses = () =>
      database.asOwner((client) =>
        client.query("UPDATE prevalence SET asked_at = asked_at - interval '25 hours'"),
      );

    it("for the first time", async () => {
      expect(await isBehind(side)).toBe(false);
      expect(await ask()).toMatchObject({ known: 1 });
      expect(await isBehind(side)).toBe(true);

      expect((await planned(side)).counts).toMatchObject({ add: 1 });
      expect(await isBehind(side)).toBe(false);
    });

    it("by which it judges otherwise, and not by one more device", async () => {
      await ask();
      for (const [devices, isNews] of [
        [10, false],
        [1204, true],
        [1300, false],
        [3, true],
      ] as const) {
        await aDayPasses();
        await planned(side);
        await see(devices);
        expect(await ask()).toMatchObject({ known: 1 });
        expect([devices, await isBehind(side)]).toEqual([devices, isNews]);
      }
    });
  });

  it("what somebody else held of its team's is gone, or is held, where the team may see it", async () => {
    const values = someValues(1);
    const held = values.map(({ value }) => theirs(value));
    const reader = await makeSide("TPI_Reader");
    const idle = await makeSide("TPI_Reader");
    const blind = await makeSide("TPI_TeamB");
    for (const { team } of [reader, blind]) await vouch(team, values, { name: "Feed" });
    await seed({ records: held });
    for (const side of [reader, idle, blind]) await planned(side);
    expect(await isBehind(reader)).toBe(false);

    await twoHoursPass();
    await readBy(reader);

    expect([await isBehind(reader), await isBehind(idle), await isBehind(blind)]).toEqual([
      true,
      false,
      false,
    ]);
    expect((await planned(reader)).counts).toMatchObject({ add: 1, blocked: 0 });
    expect(await isBehind(reader)).toBe(false);
    await seed({ records: held.map((record) => ({ ...record, expirationTime: null })) });
    await readBy(reader);
    expect(await isBehind(reader)).toBe(true);
  });

  describe("a full tenant", () => {
    let reader: Side;
    let cut: Side;
    let whole: Side;
    beforeEach(async () => {
      reader = await makeSide("TPI_Reader");
      [cut, whole] = [await makeSide("TPI_TeamA"), await makeSide("TPI_TeamB")];
      await seed({ foreign: 14_985, records: someValues(5).map(({ value }) => theirs(value)) });
      await readBy(reader);
      await vouch(whole.team, someValues(4), { name: "Sure", confidence: 95 });
      await vouch(cut.team, someValues(20), { name: "Doubtful", confidence: 20 });
      for (const side of [whole, cut]) await push(side.actor, side.connector);
      for (const side of [reader, whole, cut]) await planned(side);
    });
    const behind = async () => [await isBehind(reader), await isBehind(whole), await isBehind(cut)];

    it("has room for what was cut of it", async () => {
      expect(await behind()).toEqual([false, false, false]);

      await twoHoursPass();
      await readBy(reader);

      expect(await behind()).toEqual([false, false, true]);
      expect((await planned(cut)).counts).toMatchObject({ add: 5 });
      expect(await behind()).toEqual([false, false, false]);
    });

    it("has less room than what has a place, of whomever", async () => {
      await seed({ foreign: 3 });
      await readBy(reader);

      expect(await behind()).toEqual([false, true, true]);
      expect((await planned(cut)).counts).toMatchObject({ remove: 3 });
    });

    it("but not by its own push that gave places to what is worth more", async () => {
      await vouch(cut.team, someValues(2), { name: "Surer", confidence: 60 });
      expect((await push(cut.actor, cut.connector)).counts).toMatchObject({ accepted: 2, removed: 2 });

      expect(await behind()).toEqual([false, false, false]);
    });
  });

  it("but not by its own push where a ceiling cut it, and the tenant has room", async () => {
    const administrator = await makeActor([], { isAdministrator: true });
    const side = await makeSide("TPI_TeamA");
    const teams = { [side.team.id]: { floor: 0, ceiling: 3 } };
    await updateBudget(administrator, side.connector.destinationId, { teams });
    await vouch(side.team, someValues(5), { name: "Doubtful", confidence: 20 });
    await push(side.actor, side.connector);
    await vouch(side.team, someValues(1), { name: "Surer", confidence: 60 });

    expect((await push(side.actor, side.connector)).counts).toMatchObject({ accepted: 1, removed: 1 });

    expect(await isBehind(side)).toBe(false);
    expect((await planned(side)).counts).toMatchObject({ add: 0, remove: 0, keep: 3, blocked: 3 });
  });
});
