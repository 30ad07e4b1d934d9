import { beforeEach, describe, expect, it, vi } from "vitest";

import type { RemoteRecord } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getConnector } from "@/lib/services/connectors/get-connector";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import { connect, plan, push, someValues, vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { listDrift } from "./list-drift";
import { reconcileConnector } from "./reconcile-connector";

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;
const HOUR_MS = 3_600_000;
const GROUPS = { deviceGroups: ["Servers"] };
const OTHER_GROUPS =
  "Accepted; it is shown otherwise than it was sent: other device groups: all devices instead of Servers.";

let team: TestTeam;
let actor: Actor;
let values: Vouched[];
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  values = someValues(3);
  await vouch(team, values, { name: "Feed" });
});

/** A tenant that shows what it stored its own way. */
const showing =
  (change: (record: RemoteRecord) => Partial<RemoteRecord>): OpenDestination =>
  (settings) => {
    const destination = openDestination(settings);
    return {
      ...destination,
      list: async function* (stop) {
        for await (const page of destination.list(stop))
          yield page.map((record) => ({ ...record, ...change(record) }));
      },
    };
  };
const withoutGroups = showing(() => ({ deviceGroups: [] }));
const pushTwoHoursAgo = async (connector: ConnectorView, ahead = 0): Promise<void> => {
  await remote.control("PUT", "clock", { offsetMs: ahead - 2 * HOUR_MS });
  await push(actor, connector);
  await database.asOwner((client) =>
    client.query(
      "UPDATE remote_record SET accepted_at = accepted_at - interval '2 hours' WHERE accepted_at > now() - interval '1 hour'",
    ),
  );
  await remote.control("PUT", "clock", { offsetMs: ahead });
};
const compare = (connector: ConnectorView, open?: OpenDestination) =>
  reconcileConnector(connector.id, { signal, ...(open && { open }) });
const receiptsOf = async (connector: ConnectorView) =>
  (await listReceipts(connector, { limit: 10, after: null })).receipts.map(({ state, reason }) => ({
    ...{ state, reason },
  }));
const allThree = <T>(one: T): T[] => values.map(() => one);
const overview = async () =>
  (await getTeamOverview(actor, { ...team, role: "owner" }, new Date())).attention.map(({ kind }) => kind);

describe("a record that its destination shows otherwise than it was sent", () => {
  it.each<[string, OpenDestination, RegExp]>([
    ["without its device groups", withoutGroups, /: other device groups: all devices instead of Servers\.$/],
    ["without its alert", showing(() => ({ raisesAlert: false })), /: no alert on a match\.$/],
    [
      "with another end",
      showing(({ expiresAt }) => ({ expiresAt: expiresAt && new Date(expiresAt.getTime() + HOUR_MS) })),
      /: end \S+ instead of end \S+\.$/,
    ],
  ])("%s neither stands as sent nor has drifted, and its receipt says so", async (_how, open, reason) => {
    const defender = await connect(actor, team, "defender", GROUPS);
    await pushTwoHoursAgo(defender);

    expect(await confirmConnector(defender.id, { signal, open })).toMatchObject({ visible: 0 });
    expect(await compare(defender, open)).toEqual({
      ...{ status: "compared", standing: 0, removed: 0, changed: 0, unlike: 3 },
    });

    expect(await receiptsOf(defender)).toEqual(
      allThree({ state: "accepted", reason: expect.stringMatching(reason) as string }),
    );
    expect((await listDrift(defender, { limit: 10, after: null })).drift).toEqual([]);
    expect((await getConnector(actor, defender.id)).comparison.found).toMatchObject({ unlike: 3 });
    expect(await overview()).toEqual(["unlike"]);
  });

  it("is never sent again for that", async () => {
    const defender = await connect(actor, team, "defender", { ...GROUPS, mode: "automatic" });
    await pushTwoHoursAgo(defender);
    await remote.control("DELETE", "journal");
    await database.asOwner((client) => client.query("DELETE FROM outbox"));

    for (let times = 0; times < 2; times += 1) {
      expect(await compare(defender, withoutGroups)).toMatchObject({ changed: 0, unlike: 3 });
      expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 3 });
    }

    expect(await remote.writes()).toEqual([]);
    const { rows } = await database.asOwner((client) =>
      client.query("SELECT FROM outbox WHERE job = 'connector.plan'"),
    );
    expect(rows).toEqual([]);
  });

  it("says so to every team that has a claim on it", async () => {
    const defender = await connect(actor, team, "defender", GROUPS);
    const others = await makeTeam();
    const other = await makeActor([[others, "owner"]]);
    await vouch(others, values, { name: "Theirs" });
    const theirs = await connect(other, others, "defender", { ...GROUPS, app: "TPI_TeamB" });
    await push(other, theirs);
    await pushTwoHoursAgo(defender);

    // Made by the application of the other team, which alone looks after it.
    expect(await compare(theirs, withoutGroups)).toMatchObject({ unlike: 3 });

    expect(await receiptsOf(theirs)).toEqual(allThree({ state: "accepted", reason: OTHER_GROUPS }));
    expect(await receiptsOf(defender)).toEqual(allThree({ state: "accepted", reason: OTHER_GROUPS }));
  });

  it("is visible, and says nothing any more, once it is shown as it was sent", async () => {
    const defender = await connect(actor, team, "defender", GROUPS);
    await pushTwoHoursAgo(defender);
    await compare(defender, withoutGroups);

    expect(await compare(defender)).toMatchObject({ standing: 3, unlike: 0 });

    expect(await receiptsOf(defender)).toEqual(allThree({ state: "visible", reason: null }));
    expect(await overview()).toEqual([]);
  });

  it("may still be shown late, and is not judged, within an hour", async () => {
    const defender = await connect(actor, team, "defender", GROUPS);
    await push(actor, defender);

    expect(await compare(defender, withoutGroups)).toMatchObject({ standing: 0, changed: 0, unlike: 0 });

    expect(await receiptsOf(defender)).toEqual(allThree({ state: "accepted", reason: null }));
  });

  it("is nobody's change where the destination's clock is ahead, and is not sent again", async () => {
    const defender = await connect(actor, team, "defender", GROUPS);
    await pushTwoHoursAgo(defender, AHEAD_MS);

    expect(await compare(defender, withoutGroups)).toMatchObject({ changed: 0, unlike: 3 });

    expect((await plan(actor, defender)).counts).toMatchObject({ change: 0, keep: 3 });
    expect(await receiptsOf(defender)).toEqual(allThree({ state: "accepted", reason: OTHER_GROUPS }));
  });

  it("is drift once it was seen as it was sent, whatever was found before", async () => {
    const defender = await connect(actor, team, "defender", GROUPS);
    await pushTwoHoursAgo(defender, AHEAD_MS);
    await compare(defender, withoutGroups);
    await pushTwoHoursAgo(defender, AHEAD_MS);
    expect(await compare(defender)).toMatchObject({ standing: 3, unlike: 0 });

    expect(await compare(defender, withoutGroups)).toMatchObject({ changed: 3, unlike: 0 });
  });
});

const AHEAD_MS = 10 * 60_000;
