import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { listStrangers } from "@/lib/services/reconcile/list-strangers";
import { reconcileConnector } from "@/lib/services/reconcile/reconcile-connector";
import { removeStrangers } from "@/lib/services/reconcile/remove-strangers";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { connect, plan, push, someValues, vouch, type Vouched } from "./testing/desk";

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const turn = (switches: object) => remote.control("PUT", "switches", switches);

let team: TestTeam;
let actor: Actor;
let connector: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  await database.asOwner((client) => client.query("DELETE FROM stranger"));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  connector = await connect(actor, team, "defender", { action: "Block", deviceGroups: ["Servers"] });
  values = someValues(2);
  await vouch(team, values, { name: "List" });
  await push(actor, connector);
  await confirmConnector(connector.id, { signal });
});

const change = async (patch: object) => {
  connector = await updateConnector(actor, connector, connectorPatchSchema.parse(patch));
};

/** What stands there, as action and device groups of each value. */
const standing = async () =>
  (await remote.defender())
    .map(({ indicatorValue, action, rbacGroupNames }) =>
      [indicatorValue, action, rbacGroupNames.join()].join(" "),
    )
    .sort();
const each = (words: string) => values.map(({ value }) => `${value} ${words}`).sort();

const tenMinutesPass = () =>
  database.asOwner(async (client) => {
    await client.query(
      "UPDATE remote_record SET accepted_at = accepted_at - interval '10 minutes', gone_at = gone_at - interval '10 minutes'",
    );
    await client.query(
      "UPDATE stranger SET removing_since = removing_since - interval '10 minutes', removed_at = removed_at - interval '10 minutes'",
    );
    await client.query("TRUNCATE bucket");
  });

/** Comparisons in turn, each with the removals that it announces, until no way is left to be tried; the last lets records expire. */
const compareInTurn = async (): Promise<void> => {
  for (let turns = 0; turns < 3; turns += 1) {
    await tenMinutesPass();
    expect(await reconcileConnector(connector.id, { signal })).toMatchObject({ status: "compared" });
    await removeStrangers(connector.id, { signal });
  }
  await remote.control("PUT", "clock", { advanceMs: 16 * 60_000 });
};

const strangers = async () =>
  (await listStrangers(connector, { limit: 10, after: null })).strangers.map(({ state }) => state);

describe.each(["batch-lies", "lies"] as const)("at a Defender whose deletion %s", (lie) => {
  beforeEach(() => turn({ defenderDelete: lie }));

  it("a record that was made anew with a milder action does not go on blocking", async () => {
    await change({ action: "Audit" });
    await push(actor, connector);
    await confirmConnector(connector.id, { signal });
    expect(await standing()).toHaveLength(4);

    await compareInTurn();

    expect(await standing()).toEqual(each("Audit Servers"));
    expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 2 });
    const { rows } = await database.asOwner((client) =>
      client.query("SELECT FROM audit_entry WHERE action = 'stranger.remove' AND subject_id = $1", [
        connector.id,
      ]),
    );
    expect(rows).toHaveLength(1);
  });

  it("a record that another team made stricter stands once", async () => {
    const others = await makeTeam();
    const other = await makeActor([[others, "owner"]]);
    const joining = await connect(other, others, "defender", {
      ...{ app: "TPI_TeamB", action: "Block", deviceGroups: ["Servers"] },
    });
    await vouch(others, values, { name: "Theirs" });
    await change({ action: "Warn" });
    await push(actor, connector);
    await push(other, joining);

    await compareInTurn();

    expect(await standing()).toEqual(each("Block Servers"));
  });

  it("a record that moved to other device groups does not stay where it was", async () => {
    await change({ deviceGroups: ["Workstations"] });
    await push(actor, connector);
    await confirmConnector(connector.id, { signal });
    expect(await standing()).toHaveLength(4);

    await compareInTurn();

    expect(await standing()).toEqual(each("Block Workstations"));
  });

  it("a record that is given its former action again is the same as then, and stays", async () => {
    await change({ action: "Audit" });
    await push(actor, connector);
    await change({ action: "Block" });
    await push(actor, connector);
    await confirmConnector(connector.id, { signal });

    await compareInTurn();

    expect(await standing()).toEqual(each("Block Servers"));
  });
});

describe("a record that was deleted in truth", () => {
  it("is not looked for as one that nobody knows of", async () => {
    await change({ action: "Audit" });
    await push(actor, connector);
    await confirmConnector(connector.id, { signal });

    await compareInTurn();

    expect(await strangers()).toEqual([]);
    expect(await standing()).toEqual(each("Audit Servers"));
  });

  it("and is shown late is left alone for some minutes", async () => {
    await turn({ defenderDelete: "lies" });
    await change({ action: "Audit" });
    await push(actor, connector);
    await confirmConnector(connector.id, { signal });

    await reconcileConnector(connector.id, { signal });

    expect(await strangers()).toEqual(["open", "open"]);
  });
});

it("what was made anew is compared again within minutes where its former record is still shown", async () => {
  await turn({ defenderDelete: "lies" });
  await change({ action: "Audit" });
  await push(actor, connector);
  await database.asOwner((client) =>
    client.query("UPDATE connector SET reconcile_tried_at = now() WHERE id = $1", [connector.id]),
  );
  await confirmConnector(connector.id, { signal });

  const { rows } = await database.asOwner((client) =>
    client.query<{ minutes: number }>(
      `SELECT extract(epoch FROM reconcile_tried_at + make_interval(mins => reconcile_minutes) - now())::float8 / 60 AS minutes
       FROM connector WHERE id = $1`,
      [connector.id],
    ),
  );
  expect(rows[0]?.minutes).toBeLessThan(7);
  expect(rows[0]?.minutes).toBeGreaterThan(4);
});
