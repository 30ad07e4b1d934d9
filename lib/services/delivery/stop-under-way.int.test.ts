import { beforeEach, describe, expect, it } from "vitest";

import type { Destination } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { decideStrangers } from "@/lib/services/reconcile/decide-strangers";
import { getStrangerRemoval } from "@/lib/services/reconcile/list-strangers";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { refreshRecords } from "@/lib/services/reconcile/refresh-records";
import { removeStrangers } from "@/lib/services/reconcile/remove-strangers";
import { startStrangerRemoval } from "@/lib/services/reconcile/start-stranger-removal";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { getPush } from "./get-push";
import { stopAll, stopConnector } from "./switch-sending";
import {
  apply,
  clientIdOf,
  connect,
  CONTOSO,
  forgetDestinations,
  push,
  someValues,
  vouch,
} from "./testing/desk";
import { deliverElsewhere } from "./testing/kill";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let administrator: Actor;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner(async (client) => {
    await forgetDestinations(client);
    await client.query("DELETE FROM stranger");
    await client.query("DELETE FROM setting WHERE key = 'delivery-stop'");
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  administrator = await makeActor([[team, "owner"]], { isAdministrator: true });
});

type Stop = (connector: ConnectorView) => Promise<unknown>;
const SWITCHES: [name: string, stop: Stop][] = [
  ["for the connector", (connector) => stopConnector(actor, connector, "The wrong list.")],
  ["for all", () => stopAll(administrator, "The wrong list.")],
];

/** Destinations of which something happens once, right after their first answer to a write. */
const andThen = (act: () => Promise<unknown>, change: Partial<Destination> = {}): OpenDestination => {
  let acted: Promise<unknown> | null = null;
  const after = async <T>(answer: Promise<T>): Promise<T> => {
    const given = await answer;
    await (acted ??= act());
    return given;
  };
  return (settings) => {
    const destination = openDestination(settings);
    return {
      ...destination,
      ...change,
      push: (batch, given) => after(destination.push(batch, given)),
      withdraw: (batch, given) => after(destination.withdraw(batch, given)),
    };
  };
};

describe.each(SWITCHES)("a stop %s", (_name, stop) => {
  it.each([
    ["defender", 1_200, 1],
    ["sentinel", 3_000, 10],
  ] as const)(
    "is effective within a second for a push to %s of %i, %i requests at once, in another process",
    async (kind, count, requestsAtOnce) => {
      const connector = await connect(actor, team, kind);
      await vouch(team, someValues(count), { name: "Feed" });
      const pushId = await apply(actor, connector);

      const delivery = deliverElsewhere(pushId, 150, requestsAtOnce);
      while ((await remote.writes()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await stop(connector);
      const stoppedAt = Date.now();

      expect(await delivery).toBe("waiting");
      const late = (await remote.writes()).filter(({ at }) => Date.parse(at) > stoppedAt + 1_000);
      expect(late).toHaveLength(0);
      const { counts, isSendingOff } = await getPush(actor, pushId);
      expect(isSendingOff).toBe(true);
      expect(counts.accepted).toBeLessThan(count);
    },
  );

  it("ends a refresh of what Sentinel does not publish, after the request that is under way", async () => {
    const connector = await connect(actor, team, "sentinel");
    await vouch(team, someValues(250), { name: "Feed" });
    await push(actor, connector);
    await database.asOwner((client) => client.query("UPDATE remote_record SET unpublished_since = now()"));
    await remote.control("DELETE", "journal");

    const open = andThen(() => stop(connector));
    await expect(refreshRecords(connector.id, { signal, open })).rejects.toThrow("Sending is switched off");

    expect(await remote.writes()).toHaveLength(1);
  });

  it("ends a removal of what nobody knows of, after the request that is under way", async () => {
    const connector = await connect(actor, team, "defender");
    const [access] = actor.teams;
    if (!access) throw new Error("The actor has no team.");
    await markStrangers(connector, access, 3);

    const open = andThen(() => stop(connector), {
      removalBy: () => ({ operation: "defender.batchDelete", max: 1 }),
    });
    await expect(removeStrangers(connector.id, { signal, open })).rejects.toThrow("Sending is switched off");

    expect(await remote.writes()).toHaveLength(1);
    expect(await remote.defender()).toHaveLength(2);
  });
});

/** So many records of the connector's application that nobody here knows of, and that a person wants removed. */
const markStrangers = async (connector: ConnectorView, access: TeamAccess, count: number): Promise<void> => {
  const records = someValues(count).map(({ value }) => ({
    ...{ indicatorType: "DomainName", indicatorValue: value, action: "Audit", severity: "Low" },
    ...{ title: "By hand", description: "", createdBy: clientIdOf("TPI_TeamA") },
  }));
  await remote.control("POST", "seed", { tenantId: CONTOSO, records });
  await reconcileConnector(connector.id, { signal });
  await decideStrangers(actor, access, connector.id, { choice: "remove", remoteIds: null });
  await startStrangerRemoval(actor, connector, (await getStrangerRemoval(connector)).hash);
  await remote.control("DELETE", "journal");
};
