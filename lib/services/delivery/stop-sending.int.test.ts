import { Client } from "pg";
import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asTeam, bulkAsSystem } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { readTarget } from "@/lib/domain/screening/recall-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { carryOutRecall } from "@/lib/services/recalls/carry-out-recall";
import { createRecall } from "@/lib/services/recalls/create-recall";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { countWaitingAt } from "./count-waiting";
import { deliverPush } from "./deliver-push";
import { isUrgentOpen } from "./destination-lease";
import { getPush } from "./get-push";
import { startAll, startConnector, stopAll, stopConnector } from "./switch-sending";
import {
  apply,
  connect,
  deliverToTheEnd,
  forgetDestinations,
  openOneByOne,
  push,
  someValues,
  unvouch,
  vouch,
} from "./testing/desk";
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
    await client.query("DELETE FROM setting WHERE key = 'delivery-stop'");
  });
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  administrator = await makeActor([[team, "owner"]], { isAdministrator: true });
});

/** Does something once, right before or right after a request of the push. */
const interrupted = (when: "before" | "after", act: () => Promise<void>): OpenDestination => {
  let isDone = false;
  const once = async (): Promise<void> => {
    if (isDone) return;
    isDone = true;
    await act();
  };
  return (settings) => {
    const destination = openOneByOne(settings);
    return {
      ...destination,
      push: async (batch, given) => {
        if (when === "before") await once();
        const answer = await destination.push(batch, given);
        if (when === "after") await once();
        return answer;
      },
    };
  };
};

const itemStates = (pushId: string): Promise<Record<string, number>> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ state: string; count: number }>(
      "SELECT state, count(*)::int AS count FROM push_item WHERE push_id = $1 GROUP BY state",
      [pushId],
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  });

describe("a connector whose sending is switched off", () => {
  let defender: ConnectorView;
  let pushId: string;
  beforeEach(async () => {
    defender = await connect(actor, team, "defender");
    await vouch(team, someValues(1_200), { name: "Feed" });
    pushId = await apply(actor, defender);
  });

  it("is what its push says, whatever else that waits for", async () => {
    await stopConnector(actor, defender, "The wrong list.");
    expect(await getPush(actor, pushId)).toMatchObject({
      message: expect.stringMatching(/^Sending is switched off for this connector/) as unknown,
      isSendingOff: true,
    });
    await startConnector(actor, defender);
    expect(await getPush(actor, pushId)).toMatchObject({ message: null, isSendingOff: false });
  });

  it("sends nothing more in the middle of a push, says why, and goes on when it is switched on again", async () => {
    let stoppedAt = 0;
    const open = interrupted("after", async () => {
      await stopConnector(actor, defender, "The wrong list.");
      stoppedAt = Date.now();
    });

    expect(await deliverPush(pushId, { signal, open })).toBe("waiting");

    expect(await remote.writes()).toHaveLength(1);
    expect(await itemStates(pushId)).toEqual({ accepted: 500, pending: 700 });
    const waiting = await getPush(actor, pushId);
    expect(waiting.state).toBe("running");
    expect(await countWaitingAt(defender)).toEqual({ pushes: 1, items: 700 });
    expect(waiting.message).toMatch(
      /^Sending is switched off for this connector, by .* UTC: “The wrong list\.” It goes on/,
    );
    expect(await deliverPush(pushId, { signal })).toBe("busy");

    await startConnector(actor, defender);
    expect(await deliverToTheEnd(pushId)).toBe("done");
    expect(await countWaitingAt(defender)).toEqual({ pushes: 0, items: 0 });
    expect(await remote.defender()).toHaveLength(1_200);
    expect(stoppedAt).toBeGreaterThan(0);
  });

  it("lets no request leave that was just about to, and keeps its items as unsent", async () => {
    const open = interrupted("before", () => stopConnector(actor, defender, "The wrong list."));

    expect(await deliverPush(pushId, { signal, open })).toBe("waiting");

    expect(await remote.writes()).toHaveLength(0);
    expect(await itemStates(pushId)).toEqual({ pending: 1_200 });
  });

  it("is off at once while a plan of it is being applied, which holds the connector for as long", async () => {
    const applying = new Client({ connectionString: database.ownerUrl() });
    await applying.connect();
    await applying.query("BEGIN");
    await applying.query("SELECT FROM connector WHERE id = $1 FOR UPDATE", [defender.id]);

    const askedAt = Date.now();
    await stopConnector(actor, defender, "The wrong list.");
    expect(Date.now() - askedAt).toBeLessThan(1_000);
    expect(await deliverPush(pushId, { signal })).toBe("waiting");
    expect(await remote.writes()).toHaveLength(0);
    await expect(stopConnector(actor, defender, "Again.")).rejects.toMatchObject({ code: "conflict" });
    await startConnector(actor, defender);

    await applying.query("ROLLBACK");
    await applying.end();
    expect(await deliverToTheEnd(pushId)).toBe("done");
  });
});

describe("a recall that was made while sending was switched off", () => {
  it("goes before all others once it is on again, however long that took", async () => {
    const defender = await connect(actor, team, "defender");
    const [bad] = someValues(1);
    if (!bad) throw new Error("There is one.");
    await vouch(team, [bad], { name: "Feed" });
    await push(actor, defender);
    await stopConnector(actor, defender, "The wrong list.");
    const target = readTarget("value", bad.value);
    const { id } = await createRecall(actor, team.id, { target, reason: "Ours.", until: null });
    await carryOutRecall(id, { signal });
    await database.asOwner((client) =>
      client.query("UPDATE push SET queued_at = queued_at - interval '11 minutes' WHERE connector_id = $1", [
        defender.id,
      ]),
    );
    const { destinationId } = await asTeam(team.id, (tx) =>
      tx.connector.findUniqueOrThrow({ where: { id: defender.id }, select: { destinationId: true } }),
    );
    const isFirst = () => bulkAsSystem("delivery", (client) => isUrgentOpen(client, { destinationId }));
    expect(await isFirst()).toBe(false);

    await startConnector(actor, defender);

    expect(await isFirst()).toBe(true);
    const [urgent] = await asTeam(team.id, (tx) =>
      tx.push.findMany({ where: { connectorId: defender.id, urgent: true }, select: { id: true } }),
    );
    await deliverToTheEnd(urgent?.id ?? "");
    expect(await remote.defender()).toEqual([]);
  });
});

describe("sending that is switched off for all destinations", () => {
  it("stops every team's connectors, removals too, is told on each overview, and is an administrator's", async () => {
    const defender = await connect(actor, team, "defender");
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    await push(actor, defender);
    await expect(stopAll(actor, "Not mine.")).rejects.toMatchObject({ code: "forbidden" });

    await stopAll(administrator, "An incident.");
    await expect(stopAll(administrator, "Again.")).rejects.toMatchObject({ code: "conflict" });
    await unvouch(team, values);
    const removal = await apply(actor, defender);
    expect(await deliverPush(removal, { signal })).toBe("waiting");
    expect(await remote.defender()).toHaveLength(2);
    const access = { id: team.id, slug: team.slug, name: team.name, role: "owner" } as const;
    const { attention, underWay } = await getTeamOverview(actor, access, new Date());
    expect(attention).toContainEqual({
      kind: "stopped-sending",
      message: expect.stringMatching(/“An incident\.” 2 indicators wait in a push\.$/) as string,
      path: "connectors",
    });
    expect(underWay).toMatchObject([{ id: removal, planned: 2, left: 2, isSendingOff: true }]);

    await startAll(administrator);
    expect(await deliverToTheEnd(removal)).toBe("done");
    expect(await remote.defender()).toHaveLength(0);
  });
});
