import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { getConnector } from "@/lib/services/connectors/get-connector";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { getTeamOverview } from "@/lib/services/overview/team-overview";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { announceReconciles } from "./announce-reconciles";
import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import { deliverPush } from "@/lib/services/delivery/deliver-push";
import { stopConnector } from "@/lib/services/delivery/switch-sending";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { reconcileConnector } from "./reconcile-connector";
import {
  apply,
  clientIdOf,
  connect,
  CONTOSO,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

// What is looked at again is looked at again at once: nothing there takes its time.
vi.mock("node:timers/promises", () => import("@/lib/testing/short-sleeps"));

const { database, remote, sandbox } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let values: Vouched[];
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
  values = someValues(5);
  await vouch(team, values, { name: "Feed" });
  await push(actor, defender);
  await confirmConnector(defender.id, { signal });
});

const reconcile = (connector: ConnectorView = defender) => reconcileConnector(connector.id, { signal });
const EVERYTHING = { limit: 500, after: null };
const receiptOf = async (value: string | undefined, connector = defender) =>
  (await listReceipts(connector, EVERYTHING)).receipts.find((receipt) => receipt.value === value);
const itemsOf = async (id: string) => {
  const { items } = await listPlanItems({ id, teamId: team.id }, EVERYTHING);
  return items.map(({ value, operation, code, reason }) => ({ value, operation, code, reason }));
};

/** What somebody does in the portal, or with another tool under the same application. */
const inPortal = async () => {
  const tenant = `${sandbox.url}/entra/${CONTOSO}/oauth2/v2.0/token`;
  const form = {
    grant_type: "client_credentials",
    client_id: clientIdOf("TPI_TeamA"),
    client_secret: "sandbox~secret~of~TPI_TeamA",
    scope: "https://api.securitycenter.microsoft.com/.default",
  };
  const answer = await fetch(tenant, { method: "POST", body: new URLSearchParams(form) });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  const call = async (method: string, path: string, body?: unknown): Promise<void> => {
    const response = await fetch(`${sandbox.url}/defender/api/indicators${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`The sandbox refused ${method} ${path}: ${await response.text()}`);
  };
  const find = async (value: string | undefined) => {
    const found = (await remote.defender()).find(({ indicatorValue }) => indicatorValue === value);
    if (!found) throw new Error("It does not stand there.");
    return found;
  };
  return {
    remove: async (value: string | undefined) => call("DELETE", `/${(await find(value)).id}`),
    change: async (value: string | undefined, change: object) =>
      call("POST", "", {
        ...(await find(value)),
        indicatorType: "DomainName",
        generateAlert: true,
        ...change,
      }),
  };
};

describe("what somebody removed at the destination", () => {
  it("is found, planned again with that reason, and stands again", async () => {
    expect(await reconcile()).toEqual({ status: "compared", standing: 5, removed: 0, changed: 0, unlike: 0 });
    const portal = await inPortal();
    await portal.remove(values[2]?.value);

    expect(await reconcile()).toEqual({ status: "compared", standing: 4, removed: 1, changed: 0, unlike: 0 });

    const reason = "It was removed at Microsoft outside Sluice.";
    expect(await receiptOf(values[2]?.value)).toMatchObject({ state: "gone", drift: reason });
    const shown = await getConnector(actor, defender.id);
    expect(shown).toMatchObject({ drift: { removed: 1, changed: 0 }, reconcileProblem: null });
    expect(shown.reconciledAt?.getTime()).toBeGreaterThan(Date.now() - 60_000);
    const { attention } = await getTeamOverview(actor, { ...team, role: "owner" }, new Date());
    expect(attention.map(({ kind }) => kind)).toContain("drift");
    const planned = await plan(actor, defender);
    expect(planned.counts).toEqual({ add: 1, change: 0, remove: 0, keep: 4, blocked: 0 });
    expect(await itemsOf(planned.id)).toEqual([
      { value: values[2]?.value, operation: "add", code: "removed-outside", reason },
    ]);
    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 1, failed: 0 });
    expect(await remote.defender()).toHaveLength(5);
    await confirmConnector(defender.id, { signal });
    expect(await receiptOf(values[2]?.value)).toMatchObject({ state: "visible", drift: null, reason: null });
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, keep: 5 });
    expect(await reconcile()).toMatchObject({ removed: 0, changed: 0 });
    expect(await getConnector(actor, defender.id)).toMatchObject({ drift: { removed: 0, changed: 0 } });
  });

  it("is found, too, when it was accepted and never shown", async () => {
    const [late] = someValues(1);
    await vouch(team, late ? [late] : [], { name: "Late" });
    await push(actor, defender);
    const portal = await inPortal();
    await portal.remove(late?.value);
    expect(await reconcile()).toMatchObject({ removed: 0 });
    await database.asOwner((client) =>
      client.query(
        "UPDATE remote_record SET accepted_at = now() - interval '2 hours' WHERE visible_at IS NULL",
      ),
    );

    expect(await reconcile()).toMatchObject({ removed: 1, changed: 0 });
    expect((await receiptOf(late?.value))?.drift).toBe("It was accepted, but Microsoft does not show it.");
    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 1 });
  });

  it("is nobody's wish any more once no feed names it", async () => {
    const portal = await inPortal();
    await portal.remove(values[0]?.value);
    await reconcile();
    await unvouch(team, values.slice(0, 1));

    expect(await getConnector(actor, defender.id)).toMatchObject({ drift: { removed: 0, changed: 0 } });
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, remove: 0, keep: 4 });
  });

  it("is not believed of one odd list, nor of one that breaks off", async () => {
    const empty = { match: { path: "*/indicators" }, status: 200, body: { value: [] } };
    await remote.control("POST", "faults", empty);
    expect(await reconcile()).toEqual({ status: "compared", standing: 5, removed: 0, changed: 0, unlike: 0 });
    await remote.control("POST", "faults", { match: { path: "*/indicators" }, truncateAfterBytes: 100 });
    expect(await reconcile()).toMatchObject({ status: "failed" });

    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, keep: 5 });
  });

  it("is added again by itself in automatic mode", async () => {
    await updateConnector(actor, defender, { mode: "automatic" });
    const countAnnounced = async () => {
      const sql = "SELECT FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1";
      return (await database.asOwner((client) => client.query(sql, [defender.id]))).rowCount ?? 0;
    };
    const before = await countAnnounced();
    const portal = await inPortal();
    await portal.remove(values[0]?.value);
    await reconcile();

    expect(await countAnnounced()).toBe(before + 1);
    expect(await planAndApply(defender.id)).toMatchObject({ status: "applied" });
  });
});

describe("what somebody changed at the destination", () => {
  it.each<[object, string]>([
    [{ severity: "High" }, "severity High instead of Medium"],
    [{ title: "Mine" }, "another title or description"],
    [{ description: "Do not touch" }, "another title or description"],
  ])("is found and changed back: %j", async (change, words) => {
    const portal = await inPortal();
    const before = await remote.defender();
    await portal.change(values[1]?.value, change);

    expect(await reconcile()).toMatchObject({ removed: 0, changed: 1 });

    const reason = `Changed at Microsoft outside Sluice: ${words}.`;
    expect(await receiptOf(values[1]?.value)).toMatchObject({ state: "accepted", drift: reason });
    expect(await getConnector(actor, defender.id)).toMatchObject({ drift: { removed: 0, changed: 1 } });
    // Nobody reads it as confirmed before it was changed back.
    await confirmConnector(defender.id, { signal });
    expect(await receiptOf(values[1]?.value)).toMatchObject({ state: "accepted" });
    const planned = await plan(actor, defender);
    expect(planned.counts).toMatchObject({ add: 0, change: 1, keep: 4 });
    expect(await itemsOf(planned.id)).toEqual([
      { value: values[1]?.value, operation: "change", code: "changed-outside", reason },
    ]);
    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 1, failed: 0 });
    expect(await remote.defender()).toEqual(before);
    await confirmConnector(defender.id, { signal });
    expect(await receiptOf(values[1]?.value)).toMatchObject({ state: "visible", drift: null });
  });

  it.each<[object, string]>([
    [{ rbacGroupNames: [] }, "other device groups: all devices instead of Servers"],
    [{ rbacGroupNames: ["Laptops"] }, "other device groups: Laptops instead of Servers"],
    [{ generateAlert: false }, "no alert on a match"],
  ])(
    "is found where it stands otherwise in all that it does, and put right as one record: %j",
    async (edit, words) => {
      const scoped = await connect(actor, team, "defender", { deviceGroups: ["Servers"] });
      await push(actor, scoped);
      await confirmConnector(scoped.id, { signal });
      const ofServers = async () =>
        (await remote.defender()).filter(({ rbacGroupNames }) => rbacGroupNames.includes("Servers"));
      const before = await ofServers();
      expect(before).toHaveLength(5);
      const [one] = before;
      await remote.control("POST", "seed", { tenantId: CONTOSO, edits: [{ id: one?.id, ...edit }] });

      expect(await reconcile(scoped)).toMatchObject({ removed: 0, changed: 1 });
      const reason = `Changed at Microsoft outside Sluice: ${words}.`;
      expect(await receiptOf(one?.indicatorValue, scoped)).toMatchObject({
        state: "accepted",
        drift: reason,
      });
      // What was found once is not found anew each time, and is no confirmation.
      expect(await reconcile(scoped)).toMatchObject({ changed: 0 });
      await confirmConnector(scoped.id, { signal });
      expect(await receiptOf(one?.indicatorValue, scoped)).toMatchObject({ state: "accepted" });

      expect((await push(actor, scoped)).counts).toMatchObject({ accepted: 1, failed: 0 });
      expect(await remote.defender()).toHaveLength(10);
      const withoutId = (records: typeof before) =>
        records
          .map(({ id: _id, ...rest }) => rest)
          .toSorted((x, y) => (x.indicatorValue < y.indicatorValue ? -1 : 1));
      expect(withoutId(await ofServers())).toEqual(withoutId(before));
      await confirmConnector(scoped.id, { signal });
      expect(await reconcile(scoped)).toMatchObject({ removed: 0, changed: 0 });
      expect(await receiptOf(one?.indicatorValue, scoped)).toMatchObject({ state: "visible", drift: null });
    },
  );

  it("is no confirmation where it was stored under other device groups than were sent", async () => {
    const scoped = await connect(actor, team, "defender", { deviceGroups: ["Servers"] });
    await push(actor, scoped);
    const stored = (await remote.defender()).filter(({ rbacGroupNames }) => rbacGroupNames.length > 0);
    const edits = stored.map(({ id }) => ({ id, rbacGroupNames: [] }));
    await remote.control("POST", "seed", { tenantId: CONTOSO, edits });

    expect(await confirmConnector(scoped.id, { signal })).toMatchObject({ visible: 0, unconfirmed: 5 });
  });

  it("is one record again after its end was moved, or its action changed under the same id", async () => {
    await remote.control("PUT", "switches", { defenderUpsertKey: "without-action" });
    const portal = await inPortal();
    await portal.change(values[0]?.value, {
      expirationTime: new Date(Date.now() + 86_400_000).toISOString(),
    });
    await portal.change(values[1]?.value, { action: "Allowed", generateAlert: false });
    expect(await reconcile()).toMatchObject({ changed: 2 });
    expect((await receiptOf(values[1]?.value))?.drift).toContain("action Allowed instead of Audit");

    expect((await push(actor, defender)).counts).toMatchObject({ accepted: 2, failed: 0 });

    const standing = await remote.defender();
    expect(standing.map(({ action }) => action)).toEqual(["Audit", "Audit", "Audit", "Audit", "Audit"]);
    expect(new Set(standing.map(({ expirationTime }) => expirationTime)).size).toBe(1);
  });
});

describe("a comparison", () => {
  it("never touches what others made, nor what it did not make itself", async () => {
    const foreign = { indicatorValue: "other.example.com", indicatorType: "DomainName" };
    const own = { ...foreign, indicatorValue: "by-hand.example.com", createdBy: clientIdOf("TPI_TeamA") };
    await remote.control("POST", "seed", { tenantId: CONTOSO, portal: 2, records: [foreign, own] });
    const before = await remote.writes();
    expect(await reconcile()).toEqual({ status: "compared", standing: 5, removed: 0, changed: 0, unlike: 0 });
    expect(await remote.writes()).toEqual(before);
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, remove: 0 });
    expect(await remote.defender()).toHaveLength(9);
  });

  it("tells every team that has a part in the record, each of its own alone", async () => {
    const other = await makeTeam();
    const otherActor = await makeActor([[other, "owner"]]);
    const theirs = await connect(otherActor, other, "defender", { app: "TPI_TeamB" });
    await vouch(other, values.slice(0, 1), { name: "Feed of others" });
    await push(otherActor, theirs);
    await confirmConnector(theirs.id, { signal });
    const portal = await inPortal();
    for (const { value } of values.slice(0, 3)) await portal.remove(value);

    expect(await reconcile()).toMatchObject({ removed: 3 });

    expect((await plan(otherActor, theirs)).counts).toMatchObject({ add: 1, keep: 0 });
    const told = await database.asOwner((client) =>
      client.query(
        "SELECT team_id, detail FROM audit_entry WHERE action = 'connector.drift' ORDER BY id DESC LIMIT 2",
      ),
    );
    const details = new Map(
      told.rows.map(({ team_id, detail }: { team_id: string; detail: unknown }) => [team_id, detail]),
    );
    expect(details.get(team.id)).toEqual({ removed: 3, changed: 0 });
    expect(details.get(other.id)).toEqual({ removed: 1, changed: 0 });
    for (const [who, connector] of [
      [otherActor, theirs],
      [actor, defender],
    ] as const)
      expect((await push(who, connector)).state).toBe("done");
    expect(await remote.defender()).toHaveLength(5);
  });

  it("waits while something is sent there, and comes every hour", async () => {
    const tried = (ago: string, which: "=" | "<>") =>
      database.asOwner((client) =>
        client.query(
          `UPDATE connector SET reconcile_tried_at = now() - interval '${ago}' WHERE id ${which} $1`,
          [defender.id],
        ),
      );
    await tried("1 minute", "<>");
    expect(await announceReconciles()).toBe(1);
    await reconcile();
    expect(await announceReconciles()).toBe(0);
    await vouch(team, someValues(1), { name: "More" });
    const id = await apply(actor, defender);
    const setLease = (until: string | null) =>
      database.asOwner((client) =>
        client.query("UPDATE push SET state = 'running', lease_until = now() + $2::interval WHERE id = $1", [
          id,
          until,
        ]),
      );
    await setLease("15 seconds");
    expect(await reconcile()).toMatchObject({ status: "left" });
    await tried("2 hours", "=");
    expect(await announceReconciles()).toBe(0);
    await setLease(null);
    expect(await announceReconciles()).toBe(1);
  });

  it("does not wait for a push that waits itself, whatever that has sent", async () => {
    await vouch(team, someValues(1), { name: "More" });
    const id = await apply(actor, defender);
    await stopConnector(actor, defender, "A look first.");
    expect(await deliverPush(id, { signal })).toBe("waiting");
    const all = { status: "compared", standing: 5, removed: 0, changed: 0, unlike: 0 };
    expect(await reconcile()).toEqual(all);

    await database.asOwner((client) =>
      client.query("UPDATE push_item SET state = 'sending', sent_at = now() WHERE push_id = $1", [id]),
    );
    expect(await reconcile()).toEqual(all);
    await database.asOwner((client) => client.query("DELETE FROM push_item WHERE push_id = $1", [id]));
  });

  it("leaves records as they are where it could not be read for another reason than who asks", async () => {
    await remote.control("POST", "faults", { match: { path: "/defender/api/indicators" }, status: 404 });
    expect(await reconcile()).toMatchObject({ status: "failed" });
    const orphans = await database.asOwner((client) =>
      client.query("SELECT FROM remote_record WHERE state = 'orphaned'"),
    );
    expect(orphans.rowCount).toBe(0);
  });

  it("shows records as orphaned while their maker cannot sign in, and no longer once it can", async () => {
    const { clientId } = defender;
    const roles = ["Ti.ReadWrite"];
    const orphans = () =>
      database.asOwner((client) => client.query("SELECT FROM remote_record WHERE state = 'orphaned'"));
    await updateConnector(actor, defender, { clientSecret: "wrong" });
    expect(await reconcile()).toMatchObject({ status: "failed" });
    const { reconcileProblem } = await getConnector(actor, defender.id);
    expect(reconcileProblem).toContain("does not accept this client secret");
    expect((await orphans()).rowCount).toBe(5);

    await remote.control("POST", "applications", {
      tenantId: CONTOSO,
      clientId,
      roles,
      clientSecret: "new one",
    });
    await updateConnector(actor, defender, { clientSecret: "new one" });
    expect(await reconcile()).toEqual({ status: "compared", standing: 5, removed: 0, changed: 0, unlike: 0 });
    expect((await orphans()).rowCount).toBe(0);
    expect((await plan(actor, defender)).counts).toMatchObject({ add: 0, change: 0, keep: 5 });
  });
});
