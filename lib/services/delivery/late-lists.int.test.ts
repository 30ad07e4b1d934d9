import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { listDrift } from "@/lib/services/reconcile/list-drift";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { listReceipts } from "./list-receipts";
import { connect, push, someValues, unvouch, vouch, type Vouched } from "./testing/desk";

// What is looked at again is looked at again at once: the sandbox's clock stands still meanwhile.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const LAG_MS = 120_000;

let team: TestTeam;
let actor: Actor;
let values: Vouched[];
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  values = someValues(2);
});

const lagPasses = () => remote.control("PUT", "clock", { advanceMs: LAG_MS });
describe.each([
  ["defender", "defenderListDelayMs"],
  ["sentinel", "sentinelIndexingDelayMs"],
] as const)("a list of %s that lags two minutes behind", (kind, delay) => {
  let connector: ConnectorView;
  beforeEach(async () => {
    await remote.control("PUT", "switches", { [delay]: LAG_MS });
    connector = await connect(actor, team, kind);
    await vouch(team, values, { name: "Feed", comment: "Before" });
    await push(actor, connector);
  });
  const states = async () =>
    (await listReceipts(connector, { limit: 10, after: null })).receipts.map(({ state }) => state);
  const driftOf = async () => (await listDrift(connector, { limit: 10, after: null })).drift;
  const countOpenPushes = () =>
    database.asOwner(async (client) => {
      const { rowCount } = await client.query(
        "SELECT FROM push WHERE connector_id = $1 AND state IN ('queued', 'running')",
        [connector.id],
      );
      return rowCount;
    });
  const look = () => confirmConnector(connector.id, { signal });
  const compare = () => reconcileConnector(connector.id, { signal });

  it("makes visible what was added once it shows, and nobody is said to have removed it", async () => {
    expect(await look()).toMatchObject({ visible: 0, unconfirmed: 2 });
    await compare();
    expect(await driftOf()).toEqual([]);
    expect(await states()).toEqual(["accepted", "accepted"]);

    await lagPasses();
    expect(await look()).toMatchObject({ visible: 2, unconfirmed: 0 });
    expect(await compare()).toMatchObject({ standing: 2, removed: 0, changed: 0 });
  });

  it("has a removal confirmed once it shows, and not sent again before", async () => {
    await lagPasses();
    await look();
    await unvouch(team, values);
    await push(actor, connector);
    const { length } = await remote.writes();
    await database.asOwner((client) =>
      client.query("UPDATE receipt SET removed_at = removed_at - interval '2 minutes'"),
    );

    await look();
    await compare();
    expect(await states()).toEqual(["withdrawing", "withdrawing"]);
    expect(await countOpenPushes()).toBe(0);

    await lagPasses();
    await look();
    expect(await states()).toEqual(["gone", "gone"]);
    expect(await remote.writes()).toHaveLength(length);
  });
});

describe("a workspace that lags two minutes behind", () => {
  it("does not pass what stood before for a change, and nobody is said to have changed it", async () => {
    await remote.control("PUT", "switches", { sentinelIndexingDelayMs: LAG_MS });
    const connector = await connect(actor, team, "sentinel");
    await vouch(team, values, { name: "Feed", comment: "Before" });
    await push(actor, connector);
    const look = () => confirmConnector(connector.id, { signal });
    await lagPasses();
    await look();
    await database.asOwner((client) =>
      client.query("UPDATE attribution SET comment = 'After' WHERE team_id = $1", [team.id]),
    );
    expect((await push(actor, connector)).counts).toMatchObject({ accepted: 2 });

    expect(await look()).toMatchObject({ visible: 0, unconfirmed: 2 });

    await lagPasses();
    expect(await look()).toMatchObject({ visible: 2, unconfirmed: 0 });
    expect(await reconcileConnector(connector.id, { signal })).toMatchObject({
      ...{ standing: 2, removed: 0, changed: 0 },
    });
  });
});
