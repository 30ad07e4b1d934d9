import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { activateCredential } from "@/lib/services/connectors/activate-credential";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listConnectors } from "@/lib/services/connectors/list-connectors";
import { stageCredential } from "@/lib/services/connectors/stage-credential";
import { tryMd5 } from "@/lib/services/connectors/try-md5";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { getPush } from "@/lib/services/delivery/get-push";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import {
  connect,
  CONTOSO,
  deliverToTheEnd,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { announceMissedPlans } from "./announce-due-plans";
import { planAndApply } from "./plan-and-apply";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let automatic: ConnectorView;
let values: Vouched[];
let clientSecret: string;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  const clientId = randomUUID();
  clientSecret = `secret~${randomUUID()}`;
  await remote.control("POST", "applications", {
    ...{ tenantId: CONTOSO, clientId, displayName: "Ours", roles: ["Ti.ReadWrite"], clientSecret },
  });
  automatic = await connect(actor, team, "defender", { clientId, clientSecret, mode: "automatic" });
  values = someValues(2);
  await vouch(team, values, { name: "List" });
  await deliver(await planned());
  await confirmConnector(automatic.id, { signal });
});

const planned = async (): Promise<string> => {
  const applied = await planAndApply(automatic.id);
  if (applied.status !== "applied") throw new Error(`It was not applied: ${applied.status}.`);
  return applied.pushId;
};
const deliver = async (pushId: string): Promise<void> => {
  await deliverToTheEnd(pushId);
  const { state } = await getPush(actor, pushId);
  if (state !== "done") throw new Error(`It was not done: ${state}.`);
};

const forgetAlarms = () => database.asOwner((client) => client.query("DELETE FROM outbox"));
const isAnnounced = async (): Promise<boolean> => {
  const { rowCount } = await database.asOwner((client) =>
    client.query("SELECT FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1", [
      automatic.id,
    ]),
  );
  return (rowCount ?? 0) > 0;
};
/** Whether the sweep finds that the connector has something to plan, with the queue and all that was announced lost. */
const isPlannedBySweep = async (): Promise<boolean> => {
  await forgetAlarms();
  await announceMissedPlans();
  return isAnnounced();
};

describe("an automatic connector plans although its alarm was lost", () => {
  it("and not where nothing happened", async () => {
    expect(await isPlannedBySweep()).toBe(false);
  });

  it("after another secret", async () => {
    await updateConnector(actor, automatic, { clientSecret });

    expect(await isPlannedBySweep()).toBe(true);
  });

  it("after a successor took over", async () => {
    await stageCredential(actor, automatic, { clientSecret });
    await activateCredential(actor, automatic, "successor");

    expect(await isPlannedBySweep()).toBe(true);
  });

  it("after a trial of MD5 had news", async () => {
    await tryMd5(actor, automatic);

    expect(await isPlannedBySweep()).toBe(true);
  });

  it("after the maker of records can be used again", async () => {
    await database.asOwner((client) =>
      client.query("UPDATE remote_record SET state = 'orphaned' WHERE owner_connector_id = $1", [
        automatic.id,
      ]),
    );

    expect(await reconcileConnector(automatic.id, { signal })).toMatchObject({ status: "compared" });

    expect(await isPlannedBySweep()).toBe(true);
  });
});

describe("a record that is lost as another team hands it over", () => {
  /** The other team made the records; as it leaves, they are to be made anew for ours, and that is refused. */
  const loseAll = async (meanwhile: () => Promise<void> = () => Promise.resolve()) => {
    const others = await makeTeam();
    const other = await makeActor([[others, "owner"]]);
    const theirs = await connect(other, others, "defender", { app: "TPI_TeamB" });
    const shared = someValues(2);
    await vouch(others, shared, { name: "Theirs" });
    await push(other, theirs);
    await vouch(team, shared, { name: "Ours too" });
    await deliver(await planned());
    await meanwhile();
    await unvouch(others, shared);
    await remote.control("POST", "faults", {
      ...{ match: { path: "*/import" }, status: 400, times: null },
      body: { error: { code: "BadRequest", message: "Not now." } },
    });
    await push(other, theirs);
    await remote.control("DELETE", "faults");
    const { receipts } = await listReceipts(automatic, { limit: 10, after: null, state: "failed" });
    expect(receipts).toHaveLength(2);
    const { connectors } = await listConnectors(actor, { teamIds: [team.id], limit: 1, after: null });
    expect(connectors).toMatchObject([{ failed: 2, failures: { lost: 2, refused: 0 } }]);
    return shared;
  };

  it("is made anew although the alarm was lost", async () => {
    const shared = await loseAll();
    expect(await isPlannedBySweep()).toBe(true);

    await deliver(await planned());

    const standing = (await remote.defender()).map(({ indicatorValue }) => indicatorValue).sort();
    expect(standing).toEqual([...values, ...shared].map(({ value }) => value).sort());
  });

  it("is planned by the end of a push that was under way", async () => {
    let open = "";
    await loseAll(async () => {
      await vouch(team, someValues(1), { name: "More" });
      open = await planned();
    });
    expect(await planAndApply(automatic.id)).toMatchObject({ status: "left" });
    await forgetAlarms();

    await deliver(open);

    expect(await isAnnounced()).toBe(true);
    expect(await planAndApply(automatic.id)).toMatchObject({ status: "applied" });
  });
});
