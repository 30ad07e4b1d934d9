import { randomUUID } from "node:crypto";

import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { indicatorId, stixId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { addLocalIndicators } from "@/lib/services/indicators/add-local-indicators";
import { findLocalEntry } from "@/lib/services/indicators/local-entry";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { announceReconciles } from "./announce-reconciles";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { decideDrift } from "./decide-drift";
import { decideStrangers } from "./decide-strangers";
import { listDrift } from "./list-drift";
import { getStrangerRemoval, listStrangers } from "./list-strangers";
import { reconcileConnector } from "./reconcile-connector";
import { removeStrangers } from "./remove-strangers";
import { startStrangerRemoval } from "./start-stranger-removal";
import { connect, plan, push, someValues, vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { workspaceDesk } from "@/lib/services/delivery/testing/workspace";

const { database, remote, sandbox } = useDestinations();
const workspace = workspaceDesk(() => sandbox.url);
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let sentinel: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  await database.asOwner((client) => client.query("DELETE FROM stranger"));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  sentinel = await connect(actor, team, "sentinel", { driftMode: "ask" });
  values = someValues(4);
  await vouch(team, values, { name: `List ${randomUUID()}` });
  await push(actor, sentinel);
  await confirmConnector(sentinel.id, { signal });
});

const at = (place: number): Vouched => {
  const one = values[place];
  if (!one) throw new Error("There must be one.");
  return one;
};
const idOf = ({ type, value }: Vouched) => stixId(type, value, 0);
const reconcile = () => reconcileConnector(sentinel.id, { signal });
const drift = async () => (await listDrift(sentinel, { limit: 10, after: null })).drift;
const strangers = async () => (await listStrangers(sentinel, { limit: 10, after: null })).strangers;
const source = () => sentinel.sourceSystem;

describe("what somebody did to records at a workspace", () => {
  it("is told apart, and put right by uploads", async () => {
    expect(await reconcile()).toEqual({ status: "compared", standing: 4, removed: 0, changed: 0, unlike: 0 });
    await workspace.remove(source(), idOf(at(0)));
    await workspace.change(source(), idOf(at(1)), { name: "Mine" });
    await workspace.change(source(), idOf(at(2)), {
      valid_from: "2026-01-01T00:00:00.000Z",
      valid_until: "2026-01-02T00:00:00.000Z",
    });
    await workspace.change(source(), idOf(at(3)), { revoked: true });

    expect(await reconcile()).toEqual({ status: "compared", standing: 0, removed: 2, changed: 2, unlike: 0 });

    const found = new Map((await drift()).map(({ value, what }) => [value, what]));
    expect(values.map(({ value }) => found.get(value))).toEqual(["removed", "changed", "ended", "revoked"]);
    const { drift: ended } = await listDrift(sentinel, { kind: "ended", limit: 10, after: null });
    expect(ended).toMatchObject([{ value: at(2).value, changedBy: "TPI_TeamA" }]);

    await decideDrift(actor, sentinel, { choice: "restore", indicatorIds: null });
    expect((await push(actor, sentinel)).counts).toMatchObject({ accepted: 4, failed: 0 });
    await confirmConnector(sentinel.id, { signal });
    expect(await drift()).toEqual([]);
    const standing = await remote.sentinel();
    expect(standing).toHaveLength(4);
    expect(standing.map(({ name }) => name)).not.toContain("Mine");
    // A revocation is for good: the value stands as a new object.
    expect(standing.map(({ id }) => id)).toContain(stixId(at(3).type, at(3).value, 1));
    expect(await reconcile()).toMatchObject({ removed: 0, changed: 0 });
  });

  it("is found in its pattern and its marking, put right, and never adopted", async () => {
    await workspace.change(source(), idOf(at(0)), { pattern: "[domain-name:value = 'other.example.com']" });
    await workspace.change(source(), idOf(at(1)), { object_marking_refs: [] });
    await workspace.change(source(), idOf(at(2)), {
      object_marking_refs: ["marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"],
    });

    expect(await reconcile()).toMatchObject({ removed: 0, changed: 3 });

    const reasons = new Map((await drift()).map(({ value, reason }) => [value, reason]));
    const said = "Changed at Microsoft outside Sluice: ";
    expect(values.slice(0, 3).map(({ value }) => reasons.get(value))).toEqual([
      `${said}a pattern that matches something else.`,
      `${said}no TLP marking instead of TLP:AMBER.`,
      `${said}TLP:CLEAR instead of TLP:AMBER.`,
    ]);
    expect(await reconcile()).toMatchObject({ changed: 0 });
    const { decided, refused } = await decideDrift(actor, sentinel, {
      choice: "adopt",
      reason: "Ours",
      indicatorIds: null,
    });
    expect(decided).toBe(0);
    expect(refused.map(({ reason }) => reason).toSorted()).toEqual([
      expect.stringContaining("It was made to match something else"),
      expect.stringContaining("Its TLP is what its sources say"),
      expect.stringContaining("Its TLP is what its sources say"),
    ]);

    await decideDrift(actor, sentinel, { choice: "restore", indicatorIds: null });
    expect((await push(actor, sentinel)).counts).toMatchObject({ accepted: 3, failed: 0 });
    await confirmConnector(sentinel.id, { signal });
    expect(await drift()).toEqual([]);
    expect(await reconcile()).toMatchObject({ removed: 0, changed: 0 });
    const patterns = (await remote.sentinel()).map(({ pattern }) => pattern);
    expect(patterns).toContain(`[domain-name:value = '${at(0).value}']`);
  });

  it("is not seen in what is merely shown late", async () => {
    await remote.control("PUT", "clock", { advanceMs: 180_000 });
    await remote.control("PUT", "switches", { sentinelIndexingDelayMs: 120_000 });
    const [late] = someValues(1);
    await vouch(team, late ? [late] : [], { name: "Late" });
    await push(actor, sentinel);

    expect(await reconcile()).toMatchObject({ status: "compared", removed: 0 });
    expect((await plan(actor, sentinel)).counts).toMatchObject({ add: 0, change: 0, keep: 5 });
  });

  it("is not believed of one odd answer", async () => {
    await remote.control("POST", "faults", {
      match: { path: "*/main/query" },
      status: 200,
      body: { value: [] },
    });
    expect(await reconcile()).toMatchObject({ removed: 0, changed: 0 });
  });

  it("orphans nothing when the workspace cannot be read: any application that may write there looks after its records", async () => {
    await remote.control("POST", "faults", { match: { path: "*/main/query" }, status: 403, times: 2 });
    expect(await reconcile()).toMatchObject({ status: "failed" });
    const orphans = await database.asOwner((client) =>
      client.query("SELECT FROM remote_record WHERE state = 'orphaned'"),
    );
    expect(orphans.rowCount).toBe(0);
  });

  it("cannot be told without the Azure names, and such a connector is never asked", async () => {
    const blind = await connect(actor, team, "sentinel", { isReadable: false });
    expect(await reconcileConnector(blind.id, { signal })).toMatchObject({ status: "left" });
    await database.asOwner((client) =>
      client.query("UPDATE connector SET reconcile_tried_at = CASE WHEN id = $1 THEN NULL ELSE now() END", [
        blind.id,
      ]),
    );
    expect(await announceReconciles()).toBe(0);
    await database.asOwner((client) =>
      client.query("UPDATE connector SET reconcile_tried_at = NULL WHERE id = $1", [sentinel.id]),
    );
    expect(await announceReconciles()).toBe(1);
  });
});

describe("what nobody here knows of at a workspace", () => {
  const stranger = (value: string) => workspace.upload(source(), { value, name: "By a script" });

  it("is named with what stands twice, and never with what is another team's or source's", async () => {
    await stranger("stranger.example.net");
    await stranger(at(0).value);
    await workspace.upload(source(), { value: "theirs.example.net", labels: ["team:Somebody else"] });
    await workspace.upload("Other", { value: "foreign.example.net" });
    await reconcile();

    expect((await getConnector(actor, sentinel.id)).strangers).toEqual({ count: 2 });
    const found = (await strangers()).map(({ value, isDuplicate }) => [value, isDuplicate]);
    expect(found).toHaveLength(2);
    expect(found).toEqual(
      expect.arrayContaining([
        ["stranger.example.net", false],
        [at(0).value, true],
      ]),
    );
  });

  it("is the team's once adopted, and the object it came from is ended", async () => {
    const id = await stranger("adopted.example.net");
    await reconcile();
    const access = { id: team.id, slug: team.slug, name: team.name, role: "owner" } as const;
    expect(await decideStrangers(actor, access, sentinel.id, { choice: "adopt", remoteIds: null })).toEqual({
      decided: 1,
      refused: [],
    });
    expect((await plan(actor, sentinel)).counts).toMatchObject({ add: 1, keep: 4 });
    await push(actor, sentinel);
    await confirmConnector(sentinel.id, { signal });
    await reconcile();

    expect(await removeStrangers(sentinel.id, { signal })).toEqual({ removed: 1, refused: 0 });
    const ours = (await remote.sentinel()).filter(({ pattern }) => pattern.includes("adopted.example.net"));
    expect(ours).toHaveLength(1);
    expect(ours[0]?.id).not.toBe(id);
    expect(ours[0]?.description).toContain("By a script");
    await reconcile();
    expect(await strangers()).toMatchObject([{ state: "gone" }]);
  });

  it("is adopted as strictly as it is marked there, and as the team's own list had it, whichever is stricter", async () => {
    const RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed";
    const AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
    const WHITE = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9";
    const access = { id: team.id, slug: team.slug, name: team.name, role: "owner" } as const;
    await addLocalIndicators(actor, access, [{ value: "known.example.net", tlp: "red" }]);
    for (const [value, marking] of [
      ["red.example.net", RED],
      ["amber.example.net", AMBER],
      ["white.example.net", WHITE],
      ["known.example.net", WHITE],
      ["unmarked.example.net", null],
    ] as const)
      await workspace.upload(source(), { value, markings: marking === null ? [] : [marking] });
    await reconcile();
    expect(
      await decideStrangers(actor, access, sentinel.id, { choice: "adopt", remoteIds: null }),
    ).toMatchObject({ decided: 5 });

    const tlpOf = async (value: string) =>
      (await findLocalEntry(team.id, indicatorId("domain", value)))?.tlp ?? null;
    expect(await tlpOf("red.example.net")).toBe("red");
    expect(await tlpOf("amber.example.net")).toBe("amber+strict");
    expect(await tlpOf("white.example.net")).toBe("clear");
    expect(await tlpOf("known.example.net")).toBe("red");
    expect(await tlpOf("unmarked.example.net")).toBe("amber");
    const problems = new Map((await strangers()).map(({ value, problem }) => [value, problem]));
    expect(problems.get("red.example.net")).toContain(
      "TLP:RED, which is stricter than this connector’s ceiling",
    );
    expect(problems.get("white.example.net")).toBeNull();
    expect((await plan(actor, sentinel)).counts).toMatchObject({ add: 2, keep: 4 });
  });

  it("is removed only as it was reviewed, and counts as gone when that was seen", async () => {
    await stranger("one.example.net");
    await reconcile();
    const access = { id: team.id, slug: team.slug, name: team.name, role: "owner" } as const;
    const mark = () => decideStrangers(actor, access, sentinel.id, { choice: "remove", remoteIds: null });
    await mark();
    const { hash, count } = await getStrangerRemoval(sentinel);
    expect(count).toBe(1);
    await stranger("two.example.net");
    await reconcile();
    await mark();
    await expect(startStrangerRemoval(actor, sentinel, hash)).rejects.toMatchObject({ code: "stale" });
    expect(await removeStrangers(sentinel.id, { signal })).toEqual({ removed: 0, refused: 0 });

    const reviewed = await getStrangerRemoval(sentinel);
    expect(await startStrangerRemoval(actor, sentinel, reviewed.hash)).toEqual({ removing: 2 });
    await removeStrangers(sentinel.id, { signal });
    expect(await strangers()).toMatchObject([{ state: "removing" }, { state: "removing" }]);
    await reconcile();
    expect(await strangers()).toMatchObject([{ state: "gone" }, { state: "gone" }]);
    expect(await remote.sentinel()).toHaveLength(4);
  });
});
