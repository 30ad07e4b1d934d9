import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { resumePush } from "@/lib/services/delivery/resume-push";
import { stopConnector } from "@/lib/services/delivery/switch-sending";
import {
  apply,
  connect,
  deliverToTheEnd,
  forgetDestinations,
  plan,
  push,
  someValues,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { openPortal } from "@/lib/services/delivery/testing/outside";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { announceReconciles } from "./announce-reconciles";
import { listStrangers } from "./list-strangers";
import { reconcileConnector } from "./reconcile-connector";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const { signal } = new AbortController();

type Side = { team: TestTeam; actor: Actor; connector: ConnectorView };
let ours: Side;
let theirs: Side;
let values: Vouched[];
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  ours = await open("TPI_TeamA");
  theirs = await open("TPI_TeamB");
  values = someValues(2);
});

const open = async (app: "TPI_TeamA" | "TPI_TeamB"): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  return { team, actor, connector: await connect(actor, team, "defender", { app, driftMode: "ask" }) };
};
const stand = async ({ team, actor, connector }: Side, some: readonly Vouched[]): Promise<void> => {
  await vouch(team, some, { name: "Feed" });
  await push(actor, connector);
  await confirmConnector(connector.id, { signal });
};
const failImports = (fault: object) =>
  remote.control("POST", "faults", { match: { path: "*/import" }, times: null, ...fault });
/** A push of ours of which nothing is answered; it waits. */
const sendUnanswered = async (fault: object): Promise<void> => {
  await vouch(ours.team, someValues(2), { name: "More" });
  const pushId = await apply(ours.actor, ours.connector);
  await failImports(fault);
  expect(await deliverPush(pushId, { signal })).toBe("waiting");
  await remote.control("DELETE", "faults");
};
const compare = ({ connector }: Side) => reconcileConnector(connector.id, { signal });
const count = (sql: string, ...values: unknown[]) =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${sql}`,
      values,
    );
    return rows[0]?.count;
  });

describe("what was sent and never answered", () => {
  it("keeps no other team's connector from being compared, for however long it waits", async () => {
    await stand(theirs, values);
    await sendUnanswered({ reset: true });
    await stopConnector(ours.actor, ours.connector, "A look first.");
    await openPortal(() => sandbox.url, "TPI_TeamB").remove(values[0]?.value ?? "");
    await database.asOwner((client) =>
      client.query("UPDATE connector SET reconcile_tried_at = CASE WHEN id <> $1 THEN now() END", [
        theirs.connector.id,
      ]),
    );

    expect(await announceReconciles()).toBe(1);
    expect(await compare(theirs)).toEqual({
      status: "compared",
      standing: 1,
      removed: 1,
      changed: 0,
      unlike: 0,
    });
  });

  it("is no stranger where it was carried out all the same", async () => {
    await stand(ours, values);
    await sendUnanswered({ processed: true, reset: true });
    expect(await remote.defender()).toHaveLength(4);

    expect(await compare(ours)).toMatchObject({ status: "compared", standing: 2, removed: 0 });

    expect(await listStrangers(ours.connector, { limit: 10, after: null })).toMatchObject({ strangers: [] });
  });

  it("was not removed by others where it was deleted to be made anew, and no team loses its part in it", async () => {
    await stand(ours, values);
    await stand(theirs, values);
    const patch = connectorPatchSchema.parse({ action: "Block" });
    ours.connector = await updateConnector(ours.actor, ours.connector, patch);
    const pushId = await apply(ours.actor, ours.connector);
    await failImports({ status: 401 });
    expect(await deliverToTheEnd(pushId)).toBe("stopped");
    expect(await remote.defender()).toEqual([]);

    expect(await compare(ours)).toEqual({
      status: "compared",
      standing: 0,
      removed: 0,
      changed: 0,
      unlike: 0,
    });

    const both = [ours.connector.id, theirs.connector.id];
    expect(await count("receipt WHERE drift IS NOT NULL AND connector_id = ANY ($1)", both)).toBe(0);
    expect(await count("claim")).toBe(4);
    await remote.control("DELETE", "faults");
    await resumePush({ pushId, teamId: ours.team.id, doer: asDoer(ours.actor) });
    expect(await deliverToTheEnd(pushId)).toBe("done");
    expect((await remote.defender()).map(({ action }) => action)).toEqual(["Block", "Block"]);
    expect((await plan(theirs.actor, theirs.connector)).counts).toMatchObject({
      keep: 2,
      add: 0,
      blocked: 0,
    });
  });
});
