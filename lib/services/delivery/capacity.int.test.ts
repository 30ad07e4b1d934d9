import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { testConnector } from "@/lib/services/connectors/test-connection";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { getCapacity } from "./get-capacity";
import { getPlan } from "@/lib/services/planning/get-plan";
import { getPlanFit } from "@/lib/services/planning/get-plan-fit";
import { listPlans } from "@/lib/services/planning/list-plans";
import { clientIdOf, connect, CONTOSO, plan, push, someValues, vouch } from "./testing/desk";

const { remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

const seed = (records: object) => remote.control("POST", "seed", { tenantId: CONTOSO, ...records });
/** The administrator of the tenant grants or takes permissions; the connection test fetches a token that carries them. */
const grant = async (connector: ConnectorView, ...roles: string[]): Promise<void> => {
  const { clientId } = connector;
  await remote.control("POST", "applications", { tenantId: CONTOSO, clientId, roles });
  await testConnector(actor, connector);
};
const readCapacity = async (connector: ConnectorView) => {
  await confirmConnector(connector.id, { signal });
  return getCapacity(connector);
};

const NOT_VISIBLE = { otherTeams: null, foreign: null, free: null };

describe("the fill of a tenant", () => {
  it("is told where the application's rights show all of it", async () => {
    const reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
    await seed({ foreign: 4, portal: 2, webCategory: 1 });
    await vouch(team, someValues(3), { name: "Feed" });
    await push(actor, reader);

    expect(await readCapacity(reader)).toEqual({
      limit: 15_000,
      ours: 3,
      otherTeams: 0,
      foreign: 7,
      free: 14_990,
      headroom: 0,
      isUnread: false,
    });
  });

  it.each([["Ti.ReadWrite.All"], ["Ti.ReadWrite", "Ti.Read.All"]])(
    "is told with %s also where nobody else has anything, and after the others have gone",
    async (...roles) => {
      const reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
      await grant(reader, ...roles);
      expect(await readCapacity(reader)).toMatchObject({ ours: 0, otherTeams: 0, foreign: 0, free: 15_000 });

      await seed({ foreign: 5, expirationTime: new Date(Date.now() + 3_600_000).toISOString() });
      expect(await readCapacity(reader)).toMatchObject({ foreign: 5, free: 14_995 });

      await remote.control("PUT", "clock", { advanceMs: 2 * 3_600_000 });
      expect(await readCapacity(reader)).toMatchObject({ foreign: 0, free: 15_000 });
    },
  );

  it("is not visible without rights on the whole tenant, whatever stands there", async () => {
    const plain = await connect(actor, team, "defender");
    expect(await readCapacity(plain)).toMatchObject(NOT_VISIBLE);
    await seed({ foreign: 5 });
    expect(await readCapacity(plain)).toMatchObject(NOT_VISIBLE);
  });

  it.each([["Ti.ReadWrite"], []])("is forgotten when the rights shrink to %j", async (...roles) => {
    const reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
    await seed({ foreign: 5 });
    await grant(reader, "Ti.ReadWrite.All");
    expect(await readCapacity(reader)).toMatchObject({ foreign: 5, free: 14_995 });

    await grant(reader, ...roles);

    expect(await readCapacity(reader)).toMatchObject(NOT_VISIBLE);
  });

  it("stays each reader's own, whichever of two teams read it last", async () => {
    const other = await makeTeam();
    const otherActor = await makeActor([[other, "owner"]]);
    const one = await connect(actor, team, "defender", { app: "TPI_Reader" });
    const two = await connect(otherActor, other, "defender", { app: "TPI_TeamB" });
    await grant(one, "Ti.ReadWrite.All");
    await remote.control("POST", "applications", {
      tenantId: CONTOSO,
      clientId: clientIdOf("TPI_TeamB"),
      roles: ["Ti.ReadWrite.All"],
    });
    await testConnector(otherActor, two);
    await seed({ foreign: 5 });
    for (const connector of [one, two]) await readCapacity(connector);

    for (const connector of [one, two]) expect(await getCapacity(connector)).toMatchObject({ foreign: 5 });
    const blind = await connect(actor, team, "defender", { app: "TPI_NoConsent" });
    expect(await getCapacity(blind)).toMatchObject({ foreign: 5 });
  });
});

const fitOf = async (connector: ConnectorView) => {
  const { id } = await plan(actor, connector);
  return getPlanFit(await getPlan(actor, id));
};

describe("a plan, before anything is sent", () => {
  it("has no more than what there is room for, so that nothing is refused", async () => {
    const reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
    await seed({ foreign: 14_990 });
    await readCapacity(reader);
    await vouch(team, someValues(36), { name: "Feed" });

    const fit = await fitOf(reader);

    expect(fit).toMatchObject({ limit: 15_000, free: 10, needed: 10, freed: 0, refused: 0 });
    expect((await push(actor, reader)).counts).toMatchObject({ accepted: 10, failed: 0 });
  });

  it("takes no place twice for what another team has there already", async () => {
    const other = await makeTeam();
    const otherActor = await makeActor([[other, "owner"]]);
    const values = someValues(5);
    for (const one of [team, other]) await vouch(one, values, { name: `Feed of ${one.name}` });
    await push(otherActor, await connect(otherActor, other, "defender", { app: "TPI_TeamB" }));

    const plain = await connect(actor, team, "defender");
    expect(await fitOf(plain)).toMatchObject({ free: null, needed: 5, refused: null, warning: null });
    const reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
    await readCapacity(reader);
    expect(await fitOf(reader)).toMatchObject({ free: 14_995, needed: 0, refused: 0 });
  });

  it("warns of what came into a tenant since it was read, though its plan had room", async () => {
    const reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
    await seed({ foreign: 14_990 });
    await readCapacity(reader);
    await vouch(team, someValues(8), { name: "Feed" });
    const { id } = await plan(actor, reader);
    await seed({ foreign: 6 });
    await readCapacity(reader);

    const fit = await getPlanFit(await getPlan(actor, id));
    expect(fit).toMatchObject({ free: 4, needed: 8, refused: 4 });
    expect(fit?.warning).toContain("4 of 8 new indicators would be refused");
  });

  it("says nothing where there is no limit, or once it was applied", async () => {
    const sentinel = await connect(actor, team, "sentinel");
    await vouch(team, someValues(2), { name: "Feed" });
    expect(await fitOf(sentinel)).toBeNull();
    const plain = await connect(actor, team, "defender");
    await push(actor, plain);
    const { plans } = await listPlans(plain, { limit: 1, after: null });
    const [applied] = plans;
    expect(applied && (await getPlanFit(applied))).toBeNull();
  });
});
