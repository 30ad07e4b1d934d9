import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Destination, RemoteRecord } from "@/lib/connectors/contract";
import { openDestination } from "@/lib/connectors/registry";
import { bulkAsSystem } from "@/lib/db/scope";
import type { Actor, TeamAccess } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import type { OpenDestination } from "@/lib/services/connectors/open-connector";
import { deleteConnector } from "@/lib/services/connectors/delete-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { traceIndicator } from "@/lib/services/indicators/trace-indicator";
import { exportPlan } from "@/lib/services/planning/export-plan";
import { getPlan } from "@/lib/services/planning/get-plan";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { findLocalEntry } from "@/lib/services/indicators/local-entry";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { decideStrangers } from "./decide-strangers";
import { getStrangerRemoval, listStrangers } from "./list-strangers";
import { writeStrangers } from "./find-strangers";
import { reconcileConnector } from "./reconcile-connector";
import { removeStrangers } from "./remove-strangers";
import { startStrangerRemoval } from "./start-stranger-removal";
import {
  clientIdOf,
  connect,
  CONTOSO,
  plan,
  push,
  someValues,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let access: TeamAccess;
let actor: Actor;
let defender: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  await database.asOwner((client) => client.query("DELETE FROM stranger"));
  team = await makeTeam();
  access = { id: team.id, slug: team.slug, name: team.name, role: "owner" };
  actor = await makeActor([[team, "owner"]]);
  const approval = { maxAdds: null, maxRemoves: 1, maxRemovedPercent: null };
  defender = await connect(actor, team, "defender", { approval });
  values = someValues(2);
  await vouch(team, values, { name: "Feed" });
  await push(actor, defender);
  await confirmConnector(defender.id, { signal });
});

const seed = (indicatorValue: string, change: object = {}) =>
  remote.control("POST", "seed", {
    tenantId: CONTOSO,
    records: [
      {
        ...{ indicatorType: "DomainName", indicatorValue, action: "Warn", severity: "High" },
        ...{ title: "By hand", description: "Seen on Monday", createdBy: clientIdOf("TPI_TeamA") },
        ...change,
      },
    ],
  });
const seedMany = (count: number) =>
  remote.control("POST", "seed", {
    tenantId: CONTOSO,
    records: someValues(count).map(({ value }) => ({
      ...{ indicatorType: "DomainName", indicatorValue: value, action: "Audit", severity: "Low" },
      ...{ title: "By hand", description: "", createdBy: clientIdOf("TPI_TeamA") },
    })),
  });
/** As two people would. */
const startAll = () =>
  database.asOwner((client) =>
    client.query("UPDATE stranger SET removing_since = now() WHERE choice = 'remove'"),
  );
const reconcile = () => reconcileConnector(defender.id, { signal });
const strangers = async () => (await listStrangers(defender, { limit: 10, after: null })).strangers;
const decide = (choice: "adopt" | "remove" | "ignore", ids: string[] | null = null) =>
  decideStrangers(actor, access, defender.id, {
    ...{ choice, remoteIds: ids, reason: choice === "adopt" ? "Made before Sluice was here." : undefined },
  });
const standing = async () => (await remote.defender()).map(({ indicatorValue }) => indicatorValue);
const start = async (who: Actor) =>
  startStrangerRemoval(who, defender, (await getStrangerRemoval(defender)).hash);

describe("a record that our application made and nobody here knows of", () => {
  it("needs a person on the overview until somebody decided about it", async () => {
    const told = async () =>
      (await getTeamOverview(actor, access, new Date())).attention.filter(({ kind }) => kind === "strangers");
    expect(await told()).toEqual([]);
    await seed("unsent.example.org");
    await reconcile();

    expect(await told()).toMatchObject([{ message: expect.stringContaining("1 record of its") as string }]);
    await decide("ignore");
    expect(await told()).toEqual([]);
  });

  it("is adopted with its words, action, severity and end, and is ours from the next push on", async () => {
    const end = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 5 * 24 * 3_600_000);
    await seed("adopted.example.org", { expirationTime: end.toISOString() });
    await reconcile();
    expect(await decide("adopt")).toEqual({ decided: 1, refused: [] });

    const id = indicatorId("domain", "adopted.example.org");
    expect(await findLocalEntry(team.id, id)).toMatchObject({
      ...{ action: "Warn", severity: "High", validUntil: end, comment: "By hand: Seen on Monday" },
    });
    const decided = await database.asOwner((client) =>
      client.query("SELECT detail FROM audit_entry WHERE team_id = $1 AND action = 'stranger.decide'", [
        team.id,
      ]),
    );
    expect(decided.rows).toMatchObject([
      { detail: { choice: "adopt", count: 1, reason: "Made before Sluice was here." } },
    ]);
    const planned = await plan(actor, defender);
    const { items } = await listPlanItems(
      { id: planned.id, teamId: team.id },
      { operation: "add", limit: 10, after: null },
    );
    expect(items.map(({ reason }) => reason)).toEqual([
      expect.stringContaining(`It stands there already, adopted by ${actor.name}`),
    ]);
    for (const format of ["csv", "json"] as const) {
      let file = "";
      for await (const piece of exportPlan(actor, await getPlan(actor, planned.id), { format }))
        file += piece;
      expect(file).toContain(`It stands there already, adopted by ${actor.name}`);
    }
    expect(await traceIndicator(actor, id)).toMatchObject({
      adopted: [{ connectorId: defender.id, action: "Warn", severity: "High", by: actor.name }],
      decisions: [{ reason: expect.stringContaining("It stands there already") as string }],
    });
    await push(actor, defender);
    await confirmConnector(defender.id, { signal });
    await reconcile();
    expect(await strangers()).toEqual([]);
    expect((await traceIndicator(actor, id)).adopted).toEqual([]);
    expect(await standing()).toHaveLength(3);
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, remove: 0, keep: 3 });
  });

  it("is not adopted where it stands beside ours, is of a kind we do not know, or an allowlist keeps it in", async () => {
    await seed(values[0]?.value ?? "");
    await seed("Category 1", { indicatorType: "WebCategory" });
    await seed("www.microsoft.com");
    await reconcile();
    const { decided, refused } = await decide("adopt");
    expect(decided).toBe(0);
    expect(refused.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([
        expect.stringContaining("beside a record of yours") as string,
        expect.stringContaining("does not know") as string,
      ]),
    );
    expect(refused).toHaveLength(3);
  });

  it("is removed in the end although deletions lie, and counts as gone only when it was seen", async () => {
    await seed("removed.example.org");
    await reconcile();
    await remote.control("PUT", "switches", { defenderDelete: "batch-lies" });
    await decide("remove");
    expect(await standing()).toContain("removed.example.org");
    expect(await start(actor)).toEqual({ removing: 1 });
    expect(await removeStrangers(defender.id, { signal })).toEqual({ removed: 1, refused: 0 });
    await reconcile();
    expect(await strangers()).toMatchObject([{ state: "removing", tries: 1 }]);
    expect(await removeStrangers(defender.id, { signal })).toEqual({ removed: 0, refused: 0 });

    await database.asOwner((client) =>
      client.query(
        "UPDATE stranger SET removing_since = removing_since - interval '10 minutes', removed_at = removed_at - interval '10 minutes'",
      ),
    );
    await reconcile();
    await removeStrangers(defender.id, { signal });
    expect(await standing()).not.toContain("removed.example.org");
    await reconcile();
    expect(await strangers()).toMatchObject([{ state: "gone", tries: 2 }]);
    expect(await standing()).toHaveLength(2);
  });

  it("is removed a few at a time where each takes a request of its own, so that nobody waits for long behind it", async () => {
    await seedMany(23);
    await reconcile();
    await decide("remove");
    await startAll();
    await database.asOwner((client) => client.query("UPDATE stranger SET removal_tries = 1"));
    const sizes: number[] = [];
    const open: OpenDestination = (settings) => {
      const destination = openDestination(settings);
      const withdraw: Destination["withdraw"] = (batch, ...rest) => {
        sizes.push(batch.length);
        return destination.withdraw(batch, ...rest);
      };
      return { ...destination, withdraw };
    };
    expect(await removeStrangers(defender.id, { signal, open })).toEqual({ removed: 23, refused: 0 });
    expect(sizes).toEqual([10, 10, 3]);
    expect(await standing()).toHaveLength(2);
  });

  it("is not refused by a destination that stops in the middle: the rest goes once it answers again", async () => {
    await seedMany(3);
    await reconcile();
    await decide("remove");
    await startAll();
    await database.asOwner((client) => client.query("UPDATE stranger SET removal_tries = 1"));
    const stop = (fault: object) =>
      remote.control("POST", "faults", {
        match: { method: "DELETE", path: "*/indicators/*" },
        skip: 1,
        ...fault,
      });

    await stop({ status: 503 });
    await expect(removeStrangers(defender.id, { signal })).rejects.toThrow("could not answer");
    expect((await strangers()).map(({ state, problem }) => [state, problem])).toEqual([
      ["removing", null],
      ["removing", null],
      ["removing", null],
    ]);

    await stop({ status: 429, headers: { "retry-after": "1" } });
    expect(await removeStrangers(defender.id, { signal })).toEqual({ removed: 2, refused: 0 });
    expect(await standing()).toHaveLength(2);
  });

  it("keeps what was decided among very many, and counts as gone only when it is not there", async () => {
    const name = "zz-ignored.example.org";
    await seed(name, { title: "To leave" });
    await reconcile();
    await decide("ignore");
    const [ignored] = await strangers();
    const one = (remoteId: string): RemoteRecord => ({
      ...{ remoteId, type: "domain", value: `${remoteId}.example.org`, action: "Warn", severity: "High" },
      ...{ title: "By hand", description: null, externalId: null, stixId: null, createdBy: null },
      ...{
        createdByName: null,
        isOurs: true,
        deviceGroups: [],
        raisesAlert: null,
        pattern: null,
        labels: [],
        expiresAt: null,
        madeAt: null,
      },
      tlp: null,
      tellsMarking: false,
      ...{ updatedAt: null, updatedBy: null, publishedAt: null, isRevoked: false },
    });
    const many = Array.from({ length: 5_002 }, (_, index) => one(`many-${String(index)}`));
    const compare = (records: readonly RemoteRecord[], startedAt = new Date()) =>
      bulkAsSystem("delivery", (client) =>
        writeStrangers(client, {
          ...{ connectorId: defender.id, destinationId: randomUUID(), teamId: team.id },
          ...{ unknown: records, startedAt, now: new Date() },
        }),
      );
    const last = one(ignored?.remoteId ?? "");
    await compare([...many, last]);
    const kept = async (id: string) =>
      database.asOwner(async (client) => {
        const { rows } = await client.query<{ choice: string | null; isGone: boolean }>(
          `SELECT choice, gone_at IS NOT NULL AS "isGone" FROM stranger WHERE connector_id = $1 AND remote_id = $2`,
          [defender.id, id],
        );
        return rows;
      });
    expect(await kept(last.remoteId)).toHaveLength(1);
    expect(await kept("many-5001")).toEqual([]);

    // One that was removed and is still there, wherever in the list, is not gone.
    await database.asOwner((client) =>
      client.query(
        "UPDATE stranger SET choice = 'remove', decided_at = now(), removed_at = now() - interval '1 minute' WHERE connector_id = $1 AND remote_id = ANY ($2)",
        [defender.id, [last.remoteId, "many-0"]],
      ),
    );
    await compare([...many.slice(1), last]);
    expect(await kept(last.remoteId)).toEqual([{ choice: "remove", isGone: false }]);
    expect(await kept("many-0")).toEqual([{ choice: "remove", isGone: true }]);
  });

  it("is removed beyond the connector's limits only by somebody else than who marked it", async () => {
    await seed("one.example.org");
    await seed("two.example.org");
    await reconcile();
    await decide("remove");
    await expect(start(actor)).rejects.toMatchObject({ code: "conflict" });
    expect(await start(await makeActor([[team, "owner"]]))).toEqual({ removing: 2 });
  });

  it("is removed alone by whoever raised the limits no further than these went before", async () => {
    await seedMany(2);
    await reconcile();
    await updateConnector(actor, defender, { approval: null });
    await decide("remove");
    await expect(start(actor)).rejects.toThrow(
      `It removes 2; the limit for one person alone is 1. That was the limit before ${actor.name} raised it on`,
    );
    expect(await start(await makeActor([[team, "owner"]]))).toEqual({ removing: 2 });
  });

  it("is removed alone by whoever raised the limits where somebody else marked it", async () => {
    await seedMany(2);
    await reconcile();
    await updateConnector(actor, defender, { approval: null });
    await decideStrangers(await makeActor([[team, "owner"]]), access, defender.id, {
      ...{ choice: "remove", remoteIds: null },
    });
    expect(await start(actor)).toEqual({ removing: 2 });
  });

  it("counts with what the same person removed within the hour, and not with what two people did", async () => {
    const other = await makeActor([[team, "owner"]]);
    const removeBy = async (marker: Actor, starter: Actor) => {
      await seedMany(1);
      await reconcile();
      await decideStrangers(marker, access, defender.id, { choice: "remove", remoteIds: null });
      return start(starter);
    };
    expect(await removeBy(other, actor)).toEqual({ removing: 1 });
    expect(await removeBy(actor, actor)).toEqual({ removing: 1 });
    await expect(removeBy(actor, actor)).rejects.toThrow("It removes 1, with the 1 of the last hour 2");
    await database.asOwner((client) =>
      client.query("UPDATE stranger SET started_at = started_at - interval '61 minutes'"),
    );
    expect(await start(actor)).toEqual({ removing: 1 });
  });

  it("counts with what the same person removed by another connector to the same place, also a deleted one", async () => {
    const approval = { maxAdds: null, maxRemoves: 1, maxRemovedPercent: null };
    const beside = await connect(actor, team, "defender", { approval });
    const removeBy = async (connector: ConnectorView) => {
      await seedMany(1);
      await reconcileConnector(connector.id, { signal });
      await decideStrangers(actor, access, connector.id, { choice: "remove", remoteIds: null });
      return startStrangerRemoval(actor, connector, (await getStrangerRemoval(connector)).hash);
    };
    expect(await removeBy(beside)).toEqual({ removing: 1 });
    expect(await removeStrangers(beside.id, { signal })).toMatchObject({ removed: 1 });
    await deleteConnector(actor, beside);

    await expect(removeBy(defender)).rejects.toThrow("It removes 1, with the 1 of the last hour 2");
  });

  it("is ignored until it changes", async () => {
    await seed("ignored.example.org");
    await reconcile();
    expect(await decide("ignore")).toEqual({ decided: 1, refused: [] });
    await reconcile();
    expect(await strangers()).toMatchObject([{ state: "ignored" }]);
    await database.asOwner((client) => client.query("UPDATE stranger SET shown_hash = '\\x00'"));
    await reconcile();
    expect(await strangers()).toMatchObject([{ state: "open", decidedBy: null }]);
  });

  it("is nothing that another team could decide about, nor is another team's record one", async () => {
    const other = await makeTeam();
    const stranger = await makeActor([[other, "owner"]]);
    await seed("ours.example.org");
    const theirs = await connect(stranger, other, "defender");
    await vouch(other, someValues(1), { name: "Theirs" });
    await push(stranger, theirs);
    await reconcile();

    // One application for both teams: what the other sent is known, and no stranger.
    expect((await strangers()).map(({ value }) => value)).toEqual(["ours.example.org"]);
    const astray: TeamAccess = { id: other.id, slug: other.slug, name: other.name, role: "owner" };
    await expect(
      decideStrangers(stranger, astray, defender.id, { choice: "adopt", remoteIds: null, reason: "Astray" }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      startStrangerRemoval(stranger, { id: defender.id, teamId: other.id }, "0"),
    ).rejects.toMatchObject({
      code: "not_found",
    });
  });
});
