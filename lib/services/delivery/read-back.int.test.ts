import { Client } from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { untilSomebodyWaits } from "@/lib/testing/until-somebody-waits";

import { createApplications, createReaders, type Applications } from "./applications";
import { confirmConnector } from "./confirm-connector";
import { listReceipts } from "./list-receipts";
import { readDestination } from "./read-destination";
import { connect, push, someValues, unvouch, vouch } from "./testing/desk";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let other: Client;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
  other = new Client({ connectionString: database.ownerUrl() });
  await other.connect();
});
afterEach(() => other.end());

const receiptsOf = async (connector: ConnectorView) =>
  (await listReceipts(connector, { limit: 10, after: null })).receipts.map(({ state }) => state).sort();

describe("a record that is written anew while its destination is read", () => {
  it("is not taken as seen by what stood there before, and nobody is said to have changed it", async () => {
    const values = someValues(1);
    await vouch(team, values, { name: "One" });
    await push(actor, defender);
    const written: number[] = [];
    const open: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      return {
        ...destination,
        list: async function* (listSignal) {
          for await (const page of destination.list(listSignal)) {
            if (written.length === 0) {
              await vouch(team, values, { name: "Another" });
              written.push((await push(actor, defender)).counts.accepted);
            }
            yield page;
          }
        },
      };
    };
    const applications = createApplications(() => undefined, open);
    expect(await readDestination(defender.id, applications, signal)).toMatchObject({
      ...{ visible: 0, unconfirmed: 1 },
    });
    expect(written).toEqual([1]);

    expect(await confirmConnector(defender.id, { signal })).toMatchObject({ visible: 1, unconfirmed: 0 });
    expect(await reconcileConnector(defender.id, { signal })).toMatchObject({ removed: 0, changed: 0 });
  });

  it("is not taken as seen by a reading that waited for its batch to be written down", async () => {
    await vouch(team, someValues(2), { name: "One" });
    await push(actor, defender);
    await other.query("BEGIN");
    await other.query("SELECT FROM remote_record ORDER BY id FOR UPDATE");
    const reading = readDestination(defender.id, createReaders(), signal);
    await untilSomebodyWaits(database);
    // As a batch writes one of them down.
    await other.query(
      `UPDATE remote_record SET accepted_at = clock_timestamp(), visible_at = NULL
       WHERE id = (SELECT min(id::text)::uuid FROM remote_record)`,
    );
    await other.query("COMMIT");

    expect(await reading).toMatchObject({ visible: 1, unconfirmed: 1 });
    expect(await receiptsOf(defender)).toEqual(["accepted", "visible"]);
  });
});

describe("a removal that is written down while its destination is read", () => {
  it("is not taken as seen by a reading that found nothing to look for when it began", async () => {
    const values = someValues(2);
    await vouch(team, values, { name: "One" });
    const sentinel = await connect(actor, team, "sentinel");
    await push(actor, sentinel);
    await confirmConnector(sentinel.id, { signal });
    await remote.control("PUT", "switches", { sentinelEnd: "lies" });
    await unvouch(team, values);
    const readers = createReaders();
    let isWritten = false;
    const applications: Applications = async (connectorId) => {
      if (!isWritten) {
        isWritten = true;
        await push(actor, sentinel);
        // Its batch was answered before the reading began, and is written down only now.
        await other.query("UPDATE receipt SET removed_at = removed_at - interval '1 minute'");
      }
      return readers(connectorId);
    };

    expect(await readDestination(sentinel.id, applications, signal)).toMatchObject({ gone: 0 });
    expect(await receiptsOf(sentinel)).toEqual(["withdrawing", "withdrawing"]);
    expect(await confirmConnector(sentinel.id, { signal })).toMatchObject({ gone: 0, unconfirmed: 2 });
  });
});
