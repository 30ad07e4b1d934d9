import { beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { withdrawIndicator } from "@/lib/services/indicators/withdraw-indicator";
import { indicatorId } from "@/lib/domain/indicator/identity";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "./confirm-connector";
import { deliverPush } from "./deliver-push";
import { getCapacity } from "./get-capacity";
import { getPush } from "./get-push";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { listReceipts } from "./list-receipts";
import { planAndApply } from "@/lib/services/planning/plan-and-apply";
import { resumePush } from "./resume-push";
import {
  apply,
  connect,
  CONTOSO,
  openOneByOne,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "./testing/desk";
import { valuesOf } from "./testing/find-sent-again";

const { database, remote } = useDestinations();
const signal = new AbortController().signal;

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
let sentinel: ConnectorView;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
  sentinel = await connect(actor, team, "sentinel");
});

const EVERYTHING = { limit: 500, after: null };
const statesOf = async (connector: ConnectorView) =>
  (await listReceipts(connector, EVERYTHING)).receipts.map(({ state }) => state);
const fault = (body: object) => remote.control("POST", "faults", body);

describe("a push", () => {
  it("writes down what a batch was answered although the next one cannot be prepared", async () => {
    const values = someValues(700);
    await vouch(team, values, { name: "Feed" });
    const pushId = await apply(actor, defender);
    // A row that is missing fails whatever batch it is of.
    await database.asOwner((client) =>
      client.query(
        `DELETE FROM plan_item WHERE (plan_id, indicator_id) = (
           SELECT p.plan_id, max(i.indicator_id) FROM push p JOIN push_item i ON i.push_id = p.id WHERE p.id = $1 GROUP BY p.plan_id)`,
        [pushId],
      ),
    );

    await expect(deliverPush(pushId, { signal, open: openOneByOne })).rejects.toThrow(
      "A planned item is missing.",
    );

    expect(await getPush(actor, pushId)).toMatchObject({ counts: { accepted: 500 } });
    expect(await remote.defender()).toHaveLength(500);
  });

  it("sends a feed to both destinations, with a receipt for each, and then has nothing left to do", async () => {
    const hashes = someValues(950, "sha256");
    const odd: Vouched[] = [
      { type: "ipv4", value: "123.123.123.123" },
      { type: "ipv4-cidr", value: "45.155.205.0/24" },
      { type: "ipv4", value: "10.1.2.3" },
      { type: "email", value: "lure@example.com" },
    ];
    await vouch(team, [...hashes, ...odd], { name: "COVID", threatType: "Malware" });

    const planned = await plan(actor, defender);
    expect(planned.counts).toEqual({ add: 951, change: 0, remove: 0, keep: 0, blocked: 3 });
    expect(planned.blockedByReason).toEqual({ "unsupported-type": 2, allowlisted: 1 });
    const blocked = await listPlanItems(
      { ...defender, id: planned.id },
      { ...EVERYTHING, operation: "blocked" },
    );
    expect(blocked.items.map(({ value, reason }) => `${value}: ${reason}`)).toContain(
      "45.155.205.0/24: Defender takes single IP addresses, no networks (CIDR).",
    );

    for (const [connector, count] of [
      [defender, 951],
      [sentinel, 953],
    ] as const) {
      const pushed = await push(actor, connector);
      expect(pushed).toMatchObject({ state: "done", counts: { planned: count, accepted: count, failed: 0 } });
    }
    expect(await remote.defender()).toHaveLength(951);
    expect(await remote.sentinel()).toHaveLength(953);
    const { receipts } = await listReceipts(defender, EVERYTHING);
    const standing = new Map((await remote.defender()).map((one) => [one.id, one]));
    for (const { remoteId, value, state } of receipts) {
      expect(state).toBe("accepted");
      expect(standing.get(remoteId ?? "")?.indicatorValue).toBe(value);
    }
    const before = (await remote.writes()).length;
    for (const connector of [defender, sentinel]) {
      expect((await plan(actor, connector)).counts).toMatchObject({ add: 0, change: 0, remove: 0 });
      expect(await push(actor, connector)).toMatchObject({ state: "done", counts: { planned: 0 } });
    }
    expect(await remote.writes()).toHaveLength(before);
  });

  it("takes back what no feed names any more, and reads back what became of all", async () => {
    const [gone, ...kept] = someValues(5);
    if (!gone) throw new Error("There must be one.");
    await vouch(team, [gone, ...kept], { name: "Feed" });
    for (const one of [defender, sentinel]) await push(actor, one);
    for (const one of [defender, sentinel])
      expect(await confirmConnector(one.id, { signal })).toMatchObject({ visible: 5, unconfirmed: 0 });

    await unvouch(team, [gone]);
    for (const one of [defender, sentinel]) {
      const pushed = await push(actor, one);
      expect(pushed.counts).toMatchObject({ removed: 1, accepted: 0, failed: 0 });
      expect(await confirmConnector(one.id, { signal })).toMatchObject({ gone: 1, unconfirmed: 0 });
      expect((await statesOf(one)).sort()).toEqual(["gone", "visible", "visible", "visible", "visible"]);
    }
    expect((await remote.defender()).map(({ indicatorValue }) => indicatorValue)).not.toContain(gone.value);
    expect(await remote.sentinel()).toHaveLength(4);

    await vouch(team, [gone], { name: "Feed again" });
    for (const one of [defender, sentinel])
      expect((await push(actor, one)).counts).toMatchObject({ accepted: 1 });
    expect(await remote.defender()).toHaveLength(5);
    expect(await remote.sentinel()).toHaveLength(5);
  });

  it("says that a removal is not confirmed when the destination only pretended", async () => {
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    await push(actor, defender);
    await unvouch(team, values);
    await fault({ match: { path: "*/BatchDelete" }, status: 204, body: "" });
    expect((await push(actor, defender)).counts).toMatchObject({ removed: 2 });

    expect(await confirmConnector(defender.id, { signal })).toMatchObject({ gone: 0, unconfirmed: 2 });
    const { receipts } = await listReceipts(defender, EVERYTHING);
    expect(receipts.map(({ state }) => state)).toEqual(["withdrawing", "withdrawing"]);
    expect(receipts[0]?.reason).toContain("still shows the record");
  });

  it("ends at accepted where nothing can be read back", async () => {
    const blind = await connect(actor, team, "sentinel", { isReadable: false });
    const values = someValues(2);
    await vouch(team, values, { name: "Feed" });
    await push(actor, blind);
    await confirmConnector(blind.id, { signal });
    expect(await statesOf(blind)).toEqual(["accepted", "accepted"]);
    await unvouch(team, values);
    await push(actor, blind);
    expect(await statesOf(blind)).toEqual(["gone", "gone"]);
  });

  it.each(["item", "request"])("never loses the batch to one bad record (refused by %s)", async (by) => {
    await remote.control("PUT", "switches", {
      defenderInvalidValue: by,
    });
    const bad: Vouched = { type: "domain", value: `${"a".repeat(64)}.bad-site.net` };
    await vouch(team, [...someValues(20), bad], { name: "Feed" });
    const pushed = await push(actor, defender);
    expect(pushed).toMatchObject({ state: "done", counts: { accepted: 20, failed: 1 } });
    expect(pushed.failures).toMatchObject([{ value: bad.value }]);
    expect(pushed.failures[0]?.reason).not.toBe("");
    expect(await plan(actor, defender)).toMatchObject({
      counts: { add: 0, keep: 20, blocked: 1 },
      blockedByReason: { "refused-before": 1 },
    });
  });

  it("waits as long as the service asks, then sends exactly the same batch", async () => {
    await fault({
      match: { path: "*/import" },
      answer: "defender-throttled",
      headers: { "retry-after": "1" },
    });
    await vouch(team, someValues(3), { name: "Feed" });
    expect(await push(actor, defender)).toMatchObject({ state: "done", counts: { accepted: 3 } });
    const [first, second, ...more] = await remote.writes();
    expect([first?.status, second?.status, more]).toEqual([429, 200, []]);
    expect(second?.body).toEqual(first?.body);
    expect(Date.parse(second?.at ?? "") - Date.parse(first?.at ?? "")).toBeGreaterThanOrEqual(1_000);
  });

  it("sends once more what was stored but not answered, without doubling it", async () => {
    await fault({ match: { path: "*/import" }, processed: true, reset: true });
    await fault({ match: { path: "*:upload" }, processed: true, reset: true });
    await vouch(team, someValues(30), { name: "Feed" });
    for (const one of [defender, sentinel])
      expect(await push(actor, one)).toMatchObject({ state: "done", counts: { accepted: 30 } });
    expect(await remote.defender()).toHaveLength(30);
    expect(await remote.sentinel()).toHaveLength(30);
    const sent = (await remote.writes()).map(
      (one) => `${String(one.status)} for ${String(valuesOf(one).length)}`,
    );
    expect(sent).toEqual(["null for 30", "200 for 30", "null for 30", "200 for 30"]);
  });

  it("stops with what to do when the secret is no longer accepted, and goes on where it stood", async () => {
    const broken = await connect(actor, team, "defender", { clientSecret: "wrong" });
    await vouch(team, someValues(3), { name: "Feed" });
    const pushed = await push(actor, broken);
    expect(pushed).toMatchObject({ state: "stopped", counts: { accepted: 0, failed: 0 } });
    expect(pushed.message).toContain("does not accept this client secret");
    expect(pushed.message).not.toContain("wrong");

    await updateConnector(actor, broken, { clientSecret: "sandbox~secret~of~TPI_TeamA" });
    await resumePush({ pushId: pushed.id, teamId: team.id, doer: asDoer(actor) });
    expect(await deliverPush(pushed.id, { signal })).toBe("done");
    expect(await getPush(actor, pushed.id)).toMatchObject({ state: "done", counts: { accepted: 3 } });
  });

  it("fails what does not fit a full tenant with the tenant's own figures, and knows then that it is full", async () => {
    await remote.control("POST", "seed", { tenantId: CONTOSO, foreign: 7, capacity: 10 });
    const values = someValues(5);
    await vouch(team, values, { name: "Feed" });
    const pushed = await push(actor, defender);
    expect(pushed).toMatchObject({ state: "done", counts: { accepted: 3, failed: 2 } });
    expect(pushed.failures[0]?.reason).toContain("Max capacity exceeded");
    expect(await getCapacity(defender)).toMatchObject({
      limit: 10,
      foreign: null,
      otherTeams: null,
      free: 0,
    });

    await unvouch(team, values);
    await push(actor, defender);
    expect(await getCapacity(defender)).toMatchObject({ limit: 10, free: null });
  });

  it("does not send what a person withdrew after the plan was applied", async () => {
    const [withdrawn, ...others] = someValues(3);
    if (!withdrawn) throw new Error("There must be one.");
    await vouch(team, [withdrawn, ...others], { name: "Feed" });
    const id = await apply(actor, defender);
    await withdrawIndicator(actor, teamAccess(), {
      indicatorId: indicatorId(withdrawn.type, withdrawn.value),
      reason: "Our own proxy",
    });
    await deliverPush(id, { signal });
    expect(await getPush(actor, id)).toMatchObject({ state: "done", counts: { accepted: 2, skipped: 1 } });
    expect(await remote.defender()).toHaveLength(2);
    expect(await statesOf(defender)).toContain("skipped");
  });

  it("deletes before it creates when the action changes, so that one record stands", async () => {
    await vouch(team, someValues(3), { name: "Feed" });
    await push(actor, defender);
    await updateConnector(actor, defender, { action: "Block" });
    const planned = await plan(actor, defender);
    expect(planned.counts).toMatchObject({ add: 0, change: 3 });
    const { items } = await listPlanItems(
      { ...defender, id: planned.id },
      { ...EVERYTHING, operation: "change" },
    );
    expect(items[0]).toMatchObject({
      code: "action-changed",
      reason: "Audit becomes Block.",
      before: { action: "Audit" },
      after: { action: "Block" },
    });
    await push(actor, defender);
    const standing = await remote.defender();
    expect(standing.map(({ action }) => action)).toEqual(["Block", "Block", "Block"]);
  });

  it("goes by itself in automatic mode, and plans again what came while it ran", async () => {
    await updateConnector(actor, defender, { mode: "automatic" });
    await vouch(team, someValues(2), { name: "Feed" });
    const first = await planAndApply(defender.id);
    expect(first.status).toBe("applied");
    expect(await planAndApply(defender.id)).toMatchObject({ status: "left" });
    if (first.status === "applied") await deliverPush(first.pushId, { signal });
    expect(await planAndApply(defender.id)).toEqual({ status: "unchanged" });
    expect(await planAndApply(sentinel.id)).toMatchObject({ status: "left" });
  });
});

const teamAccess = () => ({ ...team, role: "owner" }) as const;
