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

const { database, remote } = useDestinations();

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
    await expectTruth(remote, connector, values.slice(-300));
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

  it("stops where the tenant is not known, and goes on when it is", async () => {
    const connector = await connectTo(kind);
    const values = someValues(3);
    await vouch(team, values, { name: "List" });
    const pushId = await apply(actor, connector);
    const error = {
      error: "invalid_request",
      error_description: "AADSTS90002: Tenant not found.",
      error_codes: [90002],
    };
    await arm({ match: { path: "/entra/*" }, status: 400, body: error });

    expect(await endure(actor, connector, pushId)).toBe("stopped");
    expect((await getPush(actor, pushId)).message).toMatch(/There is no tenant .* Check the Directory/);
    expect(await remote.writes()).toEqual([]);

    await resume(pushId);
    expect(await endure(actor, connector, pushId)).toBe("done");
    await expectTruth(remote, connector, values);
  });
});
