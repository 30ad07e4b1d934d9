import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";

import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { getPush } from "./get-push";
import { resumePush } from "./resume-push";
import { apply, deliverMeanwhile, someValues, vouch } from "./testing/desk";
import { endure, expectTruth, letTimePass } from "./testing/hardship";
import { makeApplication, OWN_SECRET, type OwnApplication } from "./testing/own-application";
import { lookAt } from "./testing/remote";

const { database, remote, sandbox } = useDestinations();

let team: TestTeam;
let actor: Actor;
let application: OwnApplication;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  application = await makeApplication(remote, database);
});

const connectTo = (kind: ConnectorKind) => application.connectTo(kind, { actor, team });
const arm = (fault: object) => remote.control("POST", "faults", fault);
const resume = (pushId: string) => resumePush({ pushId, teamId: team.id, doer: asDoer(actor) });

/** The token source waits by the process's own clock. */
const pass = async (): Promise<void> => {
  await letTimePass();
  await setTimeout(250);
};

const FABRIKAM_SOC = "5e900003-0a0a-4b0b-8c0c-000000000003";
const FABRIKAM = {
  tenantId: "7e000002-0a1b-4c2d-8e3f-000000000002",
  sentinelContributorOn: [FABRIKAM_SOC],
};
/** Another tenant than the one that the application is registered in. */
const atFabrikam = (kind: ConnectorKind) => ({
  tenantId: FABRIKAM.tenantId,
  ...(kind === "sentinel" && {
    workspaceId: FABRIKAM_SOC,
    ...{ subscriptionId: "5b000002-0d0d-4e0e-8f0f-000000000002", resourceGroup: "rg-fabrikam" },
    workspaceName: "fabrikam-soc",
  }),
});

const PER_REQUEST = { defender: 500, sentinel: 100 } as const;

describe.each(["defender", "sentinel"] as const)("a push to %s", (kind) => {
  it("goes on with a new token when the one that it has runs out in the middle", async () => {
    const connector = await connectTo(kind);
    const values = someValues(PER_REQUEST[kind] + 5);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    const twoHoursPass = async (): Promise<void> => {
      await remote.control("PUT", "clock", { advanceMs: 2 * 3_600_000 });
    };

    expect(await deliverMeanwhile(pushId, twoHoursPass)).toBe("done");

    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: values.length, failed: 0 } });
    expect((await remote.writes()).map(({ status }) => status)).toEqual([200, 401, 200]);
    await expectTruth(remote, connector, values);
  });

  it.each([
    ["429", { answer: "entra-throttled", headers: { "retry-after": "1" } }],
    ["503", { answer: "entra-unavailable" }],
    ["a web page", { answer: "gateway-html" }],
  ])("waits for a token service that answers %s", async (_what, fault) => {
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await arm({ match: { path: "/entra/*" }, headers: { "retry-after": "1" }, ...fault });

    expect(await endure(actor, connector, pushId, { pass })).toBe("done");
    await expectTruth(remote, connector, values);
  });

  it.each([
    [
      "a secret that ran out",
      { secrets: [{ value: OWN_SECRET, expiresAt: "2020-01-01T00:00:00Z" }] },
      /expired/i,
    ],
    ["a wrong secret", { secrets: [{ value: "another", expiresAt: null }] }, /secret/i],
  ])("stops at %s with the reason, and goes on when it is mended", async (_what, spoilt, words) => {
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    await application.change(spoilt);

    expect(await endure(actor, connector, pushId)).toBe("stopped");
    expect((await getPush(actor, pushId)).message).toMatch(words);
    expect(await remote.writes()).toEqual([]);

    await application.change({ secrets: [{ value: OWN_SECRET, expiresAt: null }] });
    await resume(pushId);
    expect(await endure(actor, connector, pushId)).toBe("done");
    await expectTruth(remote, connector, values);
  });

  it("stops where the tenant is not known, and sends nothing however often it is resumed", async () => {
    const connector = await application.connectTo(kind, { actor, team }, { tenantId: randomUUID() });
    await vouch(team, someValues(3), { name: "List" });
    const pushId = await apply(actor, connector);

    for (let times = 0; times < 2; times += 1) {
      expect(await endure(actor, connector, pushId)).toBe("stopped");
      expect((await getPush(actor, pushId)).message).toMatch(/There is no tenant .* Check the Directory/);
      await resume(pushId);
    }
    expect(await remote.writes()).toEqual([]);
  });

  it("stops in a tenant that does not know the application, and goes on there when it does", async () => {
    const connector = await application.connectTo(kind, { actor, team }, atFabrikam(kind));
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);

    expect(await endure(actor, connector, pushId)).toBe("stopped");
    expect((await getPush(actor, pushId)).message).toMatch(/application/i);
    expect(await remote.writes()).toEqual([]);

    await application.change({ ...FABRIKAM, clientSecret: OWN_SECRET });
    await resume(pushId);
    expect(await endure(actor, connector, pushId)).toBe("done");
    const fabrikam = lookAt(() => sandbox.url, { tenantId: FABRIKAM.tenantId, workspaceId: FABRIKAM_SOC });
    await expectTruth(fabrikam, connector, values);
    expect([...(await remote.defender()), ...(await remote.sentinel())]).toEqual([]);
  });
});
