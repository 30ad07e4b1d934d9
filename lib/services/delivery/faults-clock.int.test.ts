import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorKind } from "@/lib/domain/connector/kinds";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector, type Confirmation } from "./confirm-connector";
import { getPush } from "./get-push";
import { apply, someValues, unvouch, vouch } from "./testing/desk";
import { endure, expectTruth } from "./testing/hardship";
import { makeApplication, type OwnApplication } from "./testing/own-application";

// Microsoft's clock and ours differ: by what it says in its answers, and by what ends and holds there.

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let application: OwnApplication;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  // Of a token that it gave before nobody knows by which clock.
  application = await makeApplication(remote, database);
});

const putOff = (minutes: number) => remote.control("PUT", "clock", { offsetMs: minutes * 60_000 });
const connectTo = (kind: ConnectorKind, settings = {}) =>
  application.connectTo(kind, { actor, team }, settings);
const tokenStatuses = async () =>
  (await remote.journal()).filter(({ path }) => path.endsWith("/token")).map(({ status }) => status);

/** Some values come, are seen, and half of them go again; gives what is seen of that. */
const comeAndGo = async (connector: ConnectorView): Promise<Confirmation> => {
  const [gone, kept] = [someValues(3), someValues(3)];
  await vouch(team, [...gone, ...kept], { name: "List" });
  expect(await endure(actor, connector, await apply(actor, connector))).toBe("done");
  expect(await confirmConnector(connector.id, { signal })).toMatchObject({ visible: 6, unconfirmed: 0 });
  await unvouch(team, gone);
  const pushId = await apply(actor, connector);

  expect(await endure(actor, connector, pushId)).toBe("done");

  expect(await getPush(actor, pushId)).toMatchObject({ counts: { planned: 3, removed: 3, failed: 0 } });
  await expectTruth(remote, connector, kept, { gone });
  return confirmConnector(connector.id, { signal });
};
const GONE_AT_ONCE = { gone: 3, unconfirmed: 0, problem: null };

describe.each(["defender", "sentinel"] as const)("a %s whose clock is", (kind) => {
  it.each([10, -10])("%d minutes off shows what comes, and what goes is gone at once", async (minutes) => {
    await putOff(minutes);
    expect(await comeAndGo(await connectTo(kind))).toMatchObject(GONE_AT_ONCE);
  });

  it.each([16, -16])("%d minutes off takes a certificate, once its refusal said so", async (minutes) => {
    const { certificatePem, privateKeyPem } = certificateSchema.parse(
      await remote.control("POST", `applications/${application.clientId}/certificates`),
    );
    await putOff(minutes);
    const certificate = `${certificatePem}${privateKeyPem}`;
    const connector = await connectTo(kind, { clientSecret: undefined, certificate });

    expect(await comeAndGo(connector)).toMatchObject(GONE_AT_ONCE);
    expect(await tokenStatuses()).toEqual([401, 200]);
  });
});

const certificateSchema = z.object({ certificatePem: z.string(), privateKeyPem: z.string() });
