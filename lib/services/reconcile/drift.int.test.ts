import { randomUUID } from "node:crypto";

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import { connectorPatchSchema } from "@/lib/domain/connector/connector-input";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { DriftDecision } from "@/lib/domain/delivery/drift-choices";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox, type Sandbox } from "@/sandbox/server";

import { announceReconciles } from "./announce-reconciles";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { decideDrift } from "./decide-drift";
import { countDrift, listDrift } from "./list-drift";
import { isPlanBehind } from "@/lib/services/planning/is-plan-behind";
import { listStrangers } from "./list-strangers";
import { liftOverrides, listOverrides } from "./overrides";
import { reconcileConnector } from "./reconcile-connector";
import {
  apply,
  clientIdOf,
  connect,
  CONTOSO,
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

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const database = useTestDatabase();
let sandbox: Sandbox;
let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let values: Vouched[];
const signal = new AbortController().signal;
const remote = lookAt(() => sandbox.url);
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
  process.env["SANDBOX_URL"] = sandbox.url;
});
afterAll(async () => {
  await sandbox.close();
});
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender", { driftMode: "ask" });
  values = someValues(4);
  await vouch(team, values, { name: `List ${randomUUID()}` });
  await push(actor, defender);
  await confirmConnector(defender.id, { signal });
  await reconcile();
});

const reconcile = () => reconcileConnector(defender.id, { signal });
const idOf = ({ type, value }: Vouched) => indicatorId(type, value);
const first = () => {
  const [one] = values;
  if (!one) throw new Error("There must be one.");
  return one;
};
const decide = async (choice: DriftDecision, ids: string[] | null) =>
  decideDrift(actor, defender, { choice, indicatorIds: ids, reason: "The SOC said so." });
const listed = async () => (await listDrift(defender, { limit: 10, after: null })).drift;
const portal = openPortal(() => sandbox.url);
/** Somebody removes it in the portal. */
const removeOutside = ({ value }: Vouched): Promise<void> => portal.remove(value);
/** Somebody changes it in the portal. */
const changeOutside = ({ value }: Vouched, change: object = { severity: "High" }): Promise<void> =>
  portal.change(value, change);

describe("drift of a connector that asks", () => {
  it("waits, is listed, and is put right only when somebody says so", async () => {
    await removeOutside(first());
    expect(await reconcile()).toMatchObject({ removed: 1 });

    expect(await listed()).toMatchObject([{ value: first().value, what: "removed", choice: null }]);
    const { attention } = await getTeamOverview(actor, { ...team, role: "owner" }, new Date());
    expect(attention.map(({ kind }) => kind)).toContain("drift-asked");
    const waiting = await plan(actor, defender);
    expect(waiting).toMatchObject({
      counts: { add: 0, keep: 3, blocked: 1 },
      blockedByReason: { "drift-waits": 1 },
    });

    expect(await isPlanBehind(defender)).toBe(false);
    expect(await decide("restore", [idOf(first())])).toEqual({ decided: 1, refused: [] });
    expect(await isPlanBehind(defender)).toBe(true);
    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 1 });
    expect(await remote.defender()).toHaveLength(4);
    expect(await listed()).toEqual([]);
  });

  it("says by which plan, and then by which push, it is put right", async () => {
    await removeOutside(first());
    await changeOutside(values[1] ?? first());
    await reconcile();
    await decide("restore", [idOf(first())]);
    const rowOf = async () => (await listed()).find(({ value }) => value === first().value);
    expect(await rowOf()).toMatchObject({ choice: "restore", planId: null, pushId: null });
    expect(await countDrift(defender)).toMatchObject({ removed: 1, changed: 1, ignored: 0, decided: 1 });

    const { id: planId } = await plan(actor, defender);
    expect(await rowOf()).toMatchObject({ planId, pushId: null });
    const pushId = await apply(actor, defender);
    expect(await rowOf()).toMatchObject({ planId: null, pushId });
    expect((await listed()).find(({ value }) => value === values[1]?.value)).toMatchObject({
      ...{ choice: null, planId: null, pushId: null },
    });
    await deliverToTheEnd(pushId);
    expect(await rowOf()).toBeUndefined();
  });

  it("is ignored as it is there when somebody says so, and comes up again only when it changes", async () => {
    await removeOutside(first());
    const changed = values[1] ?? first();
    await changeOutside(changed);
    expect(await reconcile()).toMatchObject({ removed: 1, changed: 1 });

    expect(await decide("ignore", null)).toEqual({ decided: 2, refused: [] });

    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, keep: 3, blocked: 1 });
    expect(await reconcile()).toMatchObject({ removed: 0, changed: 0 });
    expect(await getConnector(actor, defender.id)).toMatchObject({ drift: { removed: 0, changed: 0 } });
    expect(
      (await remote.defender()).find(({ indicatorValue }) => indicatorValue === changed.value),
    ).toMatchObject({
      severity: "High",
    });

    await changeOutside(changed, { severity: "Low" });
    expect(await reconcile()).toMatchObject({ removed: 0, changed: 1 });
    expect(await listed()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          value: changed.value,
          choice: null,
          reason: "Changed once more at Microsoft outside Sluice: severity Low instead of High.",
        }),
      ]),
    );

    await decide("restore", [idOf(first()), idOf(changed)]);
    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 2, failed: 0 });
    expect((await remote.defender()).map(({ severity }) => severity)).toEqual(Array(4).fill("Medium"));
  });

  it("is no longer held back once the connector puts things right by itself", async () => {
    await removeOutside(first());
    await reconcile();
    const patch = connectorPatchSchema.parse({ driftMode: "restore" });
    expect(await updateConnector(actor, defender, patch)).toMatchObject({ driftMode: "restore" });
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 1, blocked: 0 });
  });

  it("cannot be decided of what did not drift", async () => {
    await expect(decide("restore", [idOf(first())])).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("drift that somebody adopts", () => {
  const overrides = async () => (await listOverrides(defender, { limit: 10, after: null })).overrides;

  it("becomes what the team wants of that record, with who and why, until somebody lifts it", async () => {
    const end = new Date(Math.floor(Date.now() / 1_000) * 1_000 + 3 * 24 * 3_600_000);
    const change = { severity: "High", title: "Ours now", expirationTime: end.toISOString() };
    await changeOutside(first(), change);
    await reconcile();
    expect(await listed()).toMatchObject([{ what: "changed", changedBy: expect.any(String) as string }]);
    expect(await countDrift(defender)).toMatchObject({ changed: 1, removed: 0, ignored: 0 });

    expect(await decide("adopt", [idOf(first())])).toEqual({ decided: 1, refused: [] });

    expect(await listed()).toEqual([]);
    expect(await overrides()).toMatchObject([
      {
        ...{ value: first().value, isAbsent: false, action: null, severity: "High", title: "Ours now" },
        ...{ expiresAt: end, reason: "The SOC said so.", decidedBy: actor.name },
      },
    ]);
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 1, remove: 0, keep: 3 });
    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 1, failed: 0 });
    await confirmConnector(defender.id, { signal });
    expect(await reconcile()).toMatchObject({ removed: 0, changed: 0 });
    const find = async () =>
      (await remote.defender()).find(({ indicatorValue }) => indicatorValue === first().value);
    expect(await find()).toMatchObject({ severity: "High", title: "Ours now" });
    expect(new Date((await find())?.expirationTime ?? "")).toEqual(end);

    expect(await isPlanBehind(defender)).toBe(false);
    expect(await liftOverrides(actor, defender, [idOf(first())])).toEqual({ lifted: 1 });
    expect(await isPlanBehind(defender)).toBe(true);
    await push(actor, defender);
    expect(await find()).toMatchObject({ severity: "Medium" });
    expect((await find())?.title).not.toBe("Ours now");
  });

  it("keeps away what was removed there, and brings it back when that is lifted", async () => {
    await removeOutside(first());
    await reconcile();
    await decide("adopt", null);

    expect(await listed()).toEqual([]);
    expect(await plan(actor, defender)).toMatchObject({
      counts: { add: 0, keep: 3, blocked: 1 },
      blockedByReason: { "left-outside": 1 },
    });
    await liftOverrides(actor, defender, null);
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 1, keep: 3 });
  });

  it("ends for good at the end that was adopted, whatever feeds say", async () => {
    await changeOutside(first(), { expirationTime: new Date(Date.now() + 24 * 3_600_000).toISOString() });
    await reconcile();
    await decide("adopt", null);
    await push(actor, defender);
    await database.asOwner((client) =>
      client.query("UPDATE record_override SET expires_at = now() - interval '1 minute'"),
    );
    expect(await plan(actor, defender)).toMatchObject({ counts: { remove: 1, keep: 3 } });
  });

  describe("of a record that another team wants as well", () => {
    let other: TestTeam;
    const joinWith = async (settings: Record<string, unknown>) => {
      other = await makeTeam();
      const analyst = await makeActor([[other, "owner"]]);
      const theirs = await connect(analyst, other, "defender", { app: "TPI_TeamB", ...settings });
      await vouch(other, [first()], { name: "Theirs" });
      await push(analyst, theirs);
      await confirmConnector(theirs.id, { signal });
      await confirmConnector(defender.id, { signal });
      await reconcile();
    };

    it("is refused where that team keeps it otherwise, and says which", async () => {
      await joinWith({ severity: "High" });
      await changeOutside(first(), { severity: "Low" });
      await reconcile();

      const { decided, refused } = await decide("adopt", null);

      expect(decided).toBe(0);
      expect(refused).toMatchObject([{ value: first().value }]);
      expect(refused[0]?.reason).toContain(`It stays with severity High for ${other.name}:`);
      expect(await overrides()).toEqual([]);
      expect(await listed()).toMatchObject([{ choice: null }]);
    });

    it("is refused where it is the words, which are of both", async () => {
      await joinWith({});
      await changeOutside(first(), { title: "Ours now" });
      await reconcile();
      const { refused } = await decide("adopt", [idOf(first())]);
      expect(refused[0]?.reason).toContain(`but also of ${other.name}:`);
    });

    it("holds where it is stricter than that team wants it", async () => {
      await joinWith({ severity: "Low" });
      await changeOutside(first(), { severity: "High" });
      await reconcile();
      expect(await decide("adopt", null)).toEqual({ decided: 1, refused: [] });
      await push(actor, defender);
      await confirmConnector(defender.id, { signal });
      expect(await reconcile()).toMatchObject({ changed: 0 });
      expect(await remote.defender()).toContainEqual(
        expect.objectContaining({ indicatorValue: first().value, severity: "High" }),
      );
    });
  });

  it("is refused where it stands under other device groups, or raises no alert any more", async () => {
    const records = (await remote.defender()).filter(({ indicatorValue }) =>
      values.slice(0, 2).some(({ value }) => value === indicatorValue),
    );
    const [one, other] = records.map(({ id }) => id);
    const edits = [
      { id: one, rbacGroupNames: ["Laptops"] },
      { id: other, generateAlert: false },
    ];
    await remote.control("POST", "seed", { tenantId: CONTOSO, edits });
    expect(await reconcile()).toMatchObject({ changed: 2 });

    const { decided, refused } = await decide("adopt", null);

    expect(decided).toBe(0);
    const reasons = refused.map(({ reason }) => reason).toSorted();
    expect(reasons[0]).toContain("It was put under other device groups");
    expect(reasons[1]).toContain("Whether a match raises an alert follows from its action");
    expect(await overrides()).toEqual([]);
  });

  it("is refused where its words are longer than what is sent, since the next push would cut them", async () => {
    await changeOutside(first(), { title: "A long story ".repeat(20).trim() });
    await reconcile();
    const { decided, refused } = await decide("adopt", null);
    expect(decided).toBe(0);
    expect(refused[0]?.reason).toContain("Its title has 259 characters there");
    expect(await overrides()).toEqual([]);
  });

  it("waits for the second person whom the team asks for", async () => {
    await changeOutside(first(), { severity: "High" });
    await reconcile();
    await database.asOwner((client) =>
      client.query("UPDATE team SET second_person = 'all' WHERE id = $1", [team.id]),
    );
    const { decided, refused } = await decide("adopt", null);
    expect({ decided, refused }).toEqual({
      decided: 0,
      refused: [expect.objectContaining({ value: first().value }) as object],
    });
    expect(await listed()).toHaveLength(1);
  });
});

describe("a comparison", () => {
  it("names what the application made and nobody here knows of, and what stands beside a record of ours", async () => {
    const createdBy = clientIdOf("TPI_TeamA");
    const seeded = { indicatorType: "DomainName", action: "Block", createdBy };
    await remote.control("POST", "seed", {
      tenantId: CONTOSO,
      foreign: 2,
      records: [
        { ...seeded, indicatorValue: "by-hand.example.com" },
        { ...seeded, indicatorValue: first().value },
      ],
    });
    await reconcile();

    expect((await getConnector(actor, defender.id)).strangers).toEqual({ count: 2 });
    const { strangers } = await listStrangers(defender, { limit: 10, after: null });
    expect(strangers.map(({ value, isDuplicate }) => [value, isDuplicate])).toEqual(
      expect.arrayContaining([
        ["by-hand.example.com", false],
        [first().value, true],
      ]),
    );
  });

  it("comes as often as the connector is set to", async () => {
    const tried = (minutes: number) =>
      database.asOwner((client) =>
        client.query(
          `UPDATE connector SET reconcile_tried_at = CASE WHEN id = $1 THEN now() - make_interval(mins => $2) ELSE now() END`,
          [defender.id, minutes],
        ),
      );
    await tried(20);
    expect(await announceReconciles()).toBe(0);
    await updateConnector(actor, defender, connectorPatchSchema.parse({ reconcileMinutes: 15 }));
    await tried(20);
    expect(await announceReconciles()).toBe(1);
  });
});
