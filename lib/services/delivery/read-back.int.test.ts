import { beforeEach, describe, expect, it } from "vitest";

import { openDestination } from "@/lib/connectors/registry";
import { useSandbox } from "@/lib/connectors/testing/sandbox";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { createApplications } from "./applications";
import { confirmConnector } from "./confirm-connector";
import { readDestination } from "./read-destination";
import { connect, forgetDestinations, push, someValues, vouch } from "./testing/desk";
import { lookAt } from "./testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

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
});
