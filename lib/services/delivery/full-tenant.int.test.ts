import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { apply, connect, CONTOSO, plan, push, someValues, unvouch, vouch } from "./testing/desk";
import { letTimePass } from "./testing/hardship";

// What is known of a tenant that refuses for lack of room, where nobody may look and things come and go.

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const PLACES = 3;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
const [first, second, third] = someValues(PLACES);
const [other, ...more] = someValues(3);
if (!first || !second || !third || !other) throw new Error("A value is missing.");

beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender", { mode: "automatic" });
  await remote.control("POST", "seed", { tenantId: CONTOSO, capacity: PLACES });
  await vouch(team, [first, second, third], { name: "Feed" });
  await push(actor, defender);
});

/** A day after the last refusal nothing of it is believed any more. */
const forgetRefusals = () =>
  database.asOwner((client) => client.query("UPDATE destination SET capacity = NULL, budget = NULL"));
const anHourPasses = () =>
  database.asOwner(async (client) => {
    await client.query(
      `UPDATE remote_record SET first_sent_at = first_sent_at - interval '1 hour', accepted_at = accepted_at - interval '1 hour',
         gone_at = gone_at - interval '1 hour', ended_at = ended_at - interval '1 hour'`,
    );
    await client.query("UPDATE claim SET created_at = created_at - interval '1 hour'");
  });
/** Delivers, as often as it waits for room and half a minute each time. */
const deliverThrough = async (pushId: string): Promise<string> => {
  for (let tries = 1; ; tries += 1) {
    const outcome = await deliverPush(pushId, { signal });
    if (outcome !== "waiting" || tries === 10) return outcome;
    await remote.control("PUT", "clock", { advanceMs: 31_000 });
    await letTimePass();
  }
};
const deliverAll = async () => {
  const id = await apply(actor, defender);
  expect(await deliverThrough(id)).toBe("done");
  return (await getPush(actor, id)).counts;
};

describe("a tenant that refused as something came in for what went", () => {
  it("has as many places as before for the next plan, and not one more", async () => {
    await forgetRefusals();
    await unvouch(team, [first]);
    await vouch(team, [other, ...more], { name: "News" });

    expect(await deliverAll()).toMatchObject({ removed: 1, accepted: 1, failed: 2 });

    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, remove: 0, keep: 3 });
  });

  it("has no more where what came in had stood there once", async () => {
    await unvouch(team, [first]);
    await vouch(team, [other], { name: "News" });
    expect(await deliverAll()).toMatchObject({ removed: 1, accepted: 1, failed: 0 });
    await anHourPasses();
    await forgetRefusals();
    await unvouch(team, [second]);
    await vouch(team, [first, ...more], { name: "Again" });

    expect(await deliverAll()).toMatchObject({ removed: 1, accepted: 1, failed: 2 });

    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, remove: 0, keep: 3 });
  });

  it("has no more where what came in of late is what went", async () => {
    await anHourPasses();
    await unvouch(team, [first]);
    await vouch(team, [other], { name: "News" });
    expect(await deliverAll()).toMatchObject({ removed: 1, accepted: 1, failed: 0 });
    await forgetRefusals();
    await unvouch(team, [other]);
    await vouch(team, [...more, ...someValues(1)], { name: "Newer" });

    expect(await deliverAll()).toMatchObject({ removed: 1, accepted: 1, failed: 2 });

    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, remove: 0, keep: 3 });
  });
});

describe("what is refused at a full tenant", () => {
  it("is not tried again for a change of what was made anew long ago", async () => {
    await updateConnector(actor, defender, { action: "Block" });
    expect(await deliverAll()).toMatchObject({ accepted: 3, failed: 0 });
    await anHourPasses();
    await forgetRefusals();
    await updateConnector(actor, defender, { severity: "High" });
    await vouch(team, [other], { name: "News" });
    const id = await apply(actor, defender);

    expect(await deliverPush(id, { signal })).toBe("done");

    expect((await getPush(actor, id)).counts).toMatchObject({ accepted: 3, failed: 1 });
  });

  it("is tried again where something was made anew just now", async () => {
    await forgetRefusals();
    await updateConnector(actor, defender, { action: "Block" });
    await vouch(team, [other], { name: "News" });
    const id = await apply(actor, defender);

    expect(await deliverPush(id, { signal })).toBe("waiting");

    expect((await getPush(actor, id)).counts).toMatchObject({ accepted: 3, failed: 0 });
  });
});
