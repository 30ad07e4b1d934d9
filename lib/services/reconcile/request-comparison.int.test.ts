import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import {
  apply,
  connect,
  deliverToTheEnd,
  push,
  someValues,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { openPortal } from "@/lib/services/delivery/testing/outside";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { announceReconciles } from "./announce-reconciles";
import { reconcileConnector } from "./reconcile-connector";
import { requestComparison } from "./request-comparison";

const { database, remote, sandbox } = useDestinations();
const { signal } = new AbortController();

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
  values = someValues(3);
  await vouch(team, values, { name: "Feed" });
  await push(actor, defender);
  await confirmConnector(defender.id, { signal });
});

const ask = (connector = defender) => requestComparison(actor, connector);
const compare = () => reconcileConnector(defender.id, { signal });
const comparison = async () => (await getConnector(actor, defender.id)).comparison;
/** As if the last try were so long ago; those of other connectors are new, and nobody asked for more. */
const tried = (seconds: number) =>
  database.asOwner((client) =>
    client.query(
      `UPDATE connector SET reconcile_tried_at = CASE WHEN id = $1 THEN now() - make_interval(secs => $2) ELSE now() END,
         reconcile_asked_at = CASE WHEN id = $1 THEN reconcile_asked_at END`,
      [defender.id, seconds],
    ),
  );

describe("a comparison that a person asks for", () => {
  it("is announced at once, shown as asked for with who did, and done with what it found", async () => {
    await openPortal(() => sandbox.url).remove(values[0]?.value ?? "");
    expect(await ask()).toEqual({ state: "asked" });
    expect(await comparison()).toMatchObject({ state: "asked", askedBy: actor.name, found: null });
    const { rows } = await database.asOwner((client) =>
      client.query("SELECT FROM outbox WHERE job = 'connector.reconcile' AND data->>'connectorId' = $1", [
        defender.id,
      ]),
    );
    expect(rows.length).toBeGreaterThan(0);

    expect(await compare()).toMatchObject({ status: "compared" });
    expect(await comparison()).toEqual({
      ...{ state: "idle", since: null, askedBy: null },
      found: { standing: 2, removed: 1, changed: 0, unlike: 0 },
    });
  });

  it("leaves a pause, and says when the next may be", async () => {
    await ask();
    expect(await ask()).toEqual({ state: "asked" });
    await compare();
    await expect(ask()).rejects.toMatchObject({
      ...{ code: "throttled", retry: "later" },
      context: { retryAfterSeconds: expect.any(Number) as number },
    });
    await tried(61);
    expect(await ask()).toEqual({ state: "asked" });
  });

  it("is left to the one that runs, unless that one's worker died", async () => {
    const began = (minutes: number) =>
      database.asOwner((client) =>
        client.query(
          "UPDATE connector SET reconciling_since = now() - make_interval(mins => $2) WHERE id = $1",
          [defender.id, minutes],
        ),
      );
    await began(1);
    expect(await ask()).toEqual({ state: "running" });
    expect(await comparison()).toMatchObject({ state: "running" });
    await began(40);
    expect(await ask()).toEqual({ state: "asked" });
  });

  it("waits for what is being sent there, and is found by the scheduler then", async () => {
    await compare();
    await tried(90);
    await vouch(team, someValues(1), { name: "More" });
    const pushId = await apply(actor, defender);
    const setLease = (until: string | null) =>
      database.asOwner((client) =>
        client.query("UPDATE push SET lease_until = now() + $2::interval WHERE id = $1", [pushId, until]),
      );
    await setLease("15 seconds");
    await ask();
    expect(await compare()).toMatchObject({ status: "left" });
    expect(await comparison()).toMatchObject({ state: "asked" });
    expect(await announceReconciles()).toBe(0);

    await setLease(null);
    await deliverToTheEnd(pushId);
    expect(await announceReconciles()).toBe(1);
    expect(await compare()).toMatchObject({ status: "compared" });
    expect(await announceReconciles()).toBe(0);
  });

  it("is over when the destination could not be read, and says why", async () => {
    await ask();
    await remote.control("POST", "faults", {
      ...{ match: { method: "GET", path: "/defender/api/indicators" }, times: 50, status: 500 },
    });
    expect(await compare()).toMatchObject({ status: "failed" });
    expect(await getConnector(actor, defender.id)).toMatchObject({
      comparison: { state: "idle", askedBy: null },
      reconcileProblem: expect.any(String) as string,
    });
  });

  it("is refused where it is paused, cannot read, or is another team's", async () => {
    await updateConnector(actor, defender, { enabled: false });
    await expect(ask()).rejects.toMatchObject({ code: "conflict" });
    const blind = await connect(actor, team, "sentinel", { isReadable: false });
    await expect(ask(blind)).rejects.toMatchObject({ code: "conflict" });
    const other = await makeTeam();
    await expect(requestComparison(actor, { id: defender.id, teamId: other.id })).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
