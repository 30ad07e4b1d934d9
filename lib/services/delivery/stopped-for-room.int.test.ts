import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { deliverPush } from "./deliver-push";
import { getPush } from "./get-push";
import { listReceipts } from "./list-receipts";
import { startConnector, stopConnector } from "./switch-sending";
import {
  apply,
  connect,
  CONTOSO,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
} from "./testing/desk";
import { letTimePass } from "./testing/hardship";

// A push that is stopped while it waits for the place of what it deleted (`room.int.test.ts`).

// What is tried again in place is tried again at once.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const LAG_MS = 20_000;

type Side = { team: TestTeam; actor: Actor; connector: ConnectorView };
const open = async (app: "TPI_TeamA" | "TPI_TeamB"): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  return { team, actor, connector: await connect(actor, team, "defender", { app }) };
};

let ours: Side;
let theirs: Side;
const shared = someValues(2);
beforeEach(async () => {
  ours = await open("TPI_TeamA");
  theirs = await open("TPI_TeamB");
  for (const { team, actor, connector } of [ours, theirs]) {
    await vouch(team, shared, { name: "Feed" });
    await push(actor, connector);
    await confirmConnector(connector.id, { signal });
  }
  await remote.control("POST", "seed", { tenantId: CONTOSO, capacity: shared.length });
  await lag(LAG_MS);
});

const lag = (defenderCapacityLagMs: number) => remote.control("PUT", "switches", { defenderCapacityLagMs });
const deliver = (pushId: string) => deliverPush(pushId, { signal });
const change = (patch: { action: "Block" } | { severity: "High" }) =>
  updateConnector(ours.actor, ours.connector, patch);
/** What both have there is deleted to be blocked, and nothing is there until its place comes free. */
const waitForRoom = async (): Promise<string> => {
  await change({ action: "Block" });
  const pushId = await apply(ours.actor, ours.connector);
  expect(await deliver(pushId)).toBe("waiting");
  expect(await remote.defender()).toEqual([]);
  return pushId;
};
const lagPasses = async (): Promise<void> => {
  await remote.control("PUT", "clock", { advanceMs: LAG_MS });
  await letTimePass();
};
const told = async ({ connector }: Side) =>
  (await listReceipts(connector, { limit: 10, after: null })).receipts.map(
    ({ state, reason }) => `${state}: ${reason ?? ""}`,
  );
const both = (text: string): unknown[] => shared.map(() => expect.stringContaining(text) as unknown);
const LOST = "failed: The record was another team's";
const REFUSED = "failed: There was no room for it";

describe("a push that another policy stops while it waits for room", () => {
  it("tells every team that nothing of it stands, and whoever wants it has it made anew", async () => {
    const pushId = await waitForRoom();
    await change({ severity: "High" });

    expect(await deliver(pushId)).toBe("stopped");

    expect(await getPush(ours.actor, pushId)).toMatchObject({ counts: { accepted: 0, failed: 2 } });
    expect(await told(ours)).toEqual(both(REFUSED));
    expect(await told(theirs)).toEqual(both(LOST));
    expect(await reconcileConnector(theirs.connector.id, { signal })).toMatchObject({
      standing: 0,
      removed: 0,
    });
    await lagPasses();
    expect((await push(theirs.actor, theirs.connector)).counts).toMatchObject({ planned: 2, accepted: 2 });
    expect((await plan(ours.actor, ours.connector)).counts).toMatchObject({ add: 2, change: 0 });
    expect(await remote.defender()).toHaveLength(2);
  });

  it("has the other team plan by itself where it does", async () => {
    await updateConnector(theirs.actor, theirs.connector, { mode: "automatic" });
    const pushId = await waitForRoom();
    await change({ severity: "High" });
    await database.asOwner((client) => client.query("DELETE FROM outbox"));

    await deliver(pushId);

    const { rows } = await database.asOwner((client) =>
      client.query("SELECT FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1", [
        theirs.connector.id,
      ]),
    );
    expect(rows).toHaveLength(1);
  });

  it("is stopped no otherwise as sending is switched on again", async () => {
    const pushId = await waitForRoom();
    await stopConnector(ours.actor, ours.connector, "A look first.");
    await change({ severity: "High" });

    expect(await startConnector(ours.actor, ours.connector)).toEqual({ stopped: 1 });
    expect(await deliver(pushId)).toBe("stopped");

    expect(await told(ours)).toEqual(both(REFUSED));
    expect(await told(theirs)).toEqual(both(LOST));
  });

  it("leaves to the other team what may stand there: it left once more and was not answered", async () => {
    const pushId = await waitForRoom();
    await lagPasses();
    await lag(0);
    await remote.control("POST", "faults", {
      ...{ match: { path: "*/import" }, times: null, processed: true, reset: true },
    });
    expect(await deliver(pushId)).toBe("waiting");
    await remote.control("DELETE", "faults");
    await change({ severity: "High" });

    expect(await deliver(pushId)).toBe("stopped");

    expect(await told(ours)).toEqual(both("may stand there or not"));
    expect(await told(theirs)).toEqual(both("visible: "));
    expect(await remote.defender()).toHaveLength(2);
  });

  it("says of what it was to add that there was no room, and has removed what was to go", async () => {
    await unvouch(theirs.team, shared);
    await push(theirs.actor, theirs.connector);
    await unvouch(ours.team, shared);
    const news = someValues(2);
    await vouch(ours.team, news, { name: "News" });
    const pushId = await apply(ours.actor, ours.connector);
    expect(await deliver(pushId)).toBe("waiting");
    await change({ severity: "High" });

    expect(await deliver(pushId)).toBe("stopped");

    expect(await getPush(ours.actor, pushId)).toMatchObject({ counts: { removed: 2, failed: 2 } });
    const states = await told(ours);
    expect(states.filter((state) => state.startsWith(REFUSED))).toHaveLength(2);
    await lagPasses();
    expect(await deliverToTheEnd(await apply(ours.actor, ours.connector))).toBe("done");
    expect((await remote.defender()).map(({ indicatorValue }) => indicatorValue).toSorted()).toEqual(
      news.map(({ value }) => value).toSorted(),
    );
  });

  it("is left to a person after half an hour also where what it was refused cannot be written down", async () => {
    const pushId = await waitForRoom();
    await change({ severity: "High" });
    const sql = (text: string) => database.asOwner((client) => client.query(text));
    await sql("ALTER TABLE push_item ADD CONSTRAINT unwritable CHECK (state <> 'failed') NOT VALID");
    try {
      await expect(deliver(pushId)).rejects.toThrow("unwritable");
      expect(await getPush(ours.actor, pushId)).toMatchObject({ state: "running" });
      await sql("UPDATE push SET failing_since = failing_since - interval '31 minutes'");
      await letTimePass();

      await expect(deliver(pushId)).rejects.toThrow("unwritable");

      expect(await getPush(ours.actor, pushId)).toMatchObject({
        state: "stopped",
        message: expect.stringContaining("look into the worker's log") as unknown,
      });
    } finally {
      await sql("ALTER TABLE push_item DROP CONSTRAINT unwritable");
    }
  });
});

describe("a push that cannot go on while it waits for room", () => {
  it("tells every team after a while that nothing of it stands, as its sending is switched off", async () => {
    const pushId = await waitForRoom();
    await stopConnector(ours.actor, ours.connector, "A look first.");
    await letTimePass();
    expect(await deliver(pushId)).toBe("waiting");
    expect(await told(theirs)).toEqual(both("visible: "));

    for (let halfMinutes = 0; halfMinutes < 3; halfMinutes += 1) {
      await letTimePass();
      expect(await deliver(pushId)).toBe("waiting");
    }

    expect(await told(ours)).toEqual(both(REFUSED));
    expect(await told(theirs)).toEqual(both(LOST));
    await lagPasses();
    expect((await push(theirs.actor, theirs.connector)).counts).toMatchObject({ planned: 2, accepted: 2 });
    await startConnector(ours.actor, ours.connector);
    await letTimePass();
    expect(await deliver(pushId)).toBe("done");
    expect(await getPush(ours.actor, pushId)).toMatchObject({ counts: { accepted: 0, failed: 2 } });
    expect(await remote.defender()).toHaveLength(2);
  });

  it("tells it at once as its application is asked to wait for an hour", async () => {
    const pushId = await waitForRoom();
    await lagPasses();
    await database.asOwner((client) =>
      client.query("UPDATE bucket SET blocked_until = now() + interval '1 hour'"),
    );

    expect(await deliver(pushId)).toBe("waiting");

    expect(await told(theirs)).toEqual(both(LOST));
  });
});
