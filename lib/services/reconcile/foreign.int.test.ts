import { beforeEach, describe, expect, it } from "vitest";

import type { Actor } from "@/lib/domain/access/actor";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { updateConnector } from "@/lib/services/connectors/update-connector";
import { rulesSchema } from "@/lib/domain/connector/rule-input";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { confirmConnector } from "@/lib/services/delivery/confirm-connector";
import { getCapacity } from "@/lib/services/delivery/get-capacity";
import { getPlan } from "@/lib/services/planning/get-plan";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { listReceipts } from "@/lib/services/delivery/list-receipts";
import { planUrgent } from "@/lib/services/planning/plan-urgent";
import { reconcileConnector } from "./reconcile-connector";
import {
  apply,
  connect,
  CONTOSO,
  deliverToTheEnd,
  plan,
  push,
  someValues,
  unvouch,
  vouch,
  type Vouched,
} from "@/lib/services/delivery/testing/desk";

const { database, remote } = useDestinations();
const { signal } = new AbortController();

const SOAR = "Contoso SOAR";
const HELD = `Held by ${SOAR} (Audit), which is not Sluice's: sent, it would overwrite that record.`;
const STANDS = `Stands, made by ${SOAR}: it is not Sluice's, and is left as it is.`;

let team: TestTeam;
let actor: Actor;
let reader: ConnectorView;
let value: Vouched;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  reader = await connect(actor, team, "defender", { app: "TPI_Reader" });
  const [one] = someValues(1);
  if (!one) throw new Error("No value.");
  value = one;
});

/** Somebody else puts it there. */
const seedTheirs = (change: object = {}) =>
  remote.control("POST", "seed", {
    tenantId: CONTOSO,
    records: [
      {
        indicatorValue: value.value,
        indicatorType: "DomainName",
        action: "Audit",
        title: "Theirs",
        ...change,
      },
    ],
  });
const itemOf = async (connector: ConnectorView) => {
  const { id } = await plan(actor, connector);
  const { items } = await listPlanItems(
    { id, teamId: team.id },
    { operation: "blocked", limit: 10, after: null },
  );
  return items.map(({ code, reason }) => ({ code, reason }));
};
const receiptOf = async (connector: ConnectorView) => {
  const { receipts } = await listReceipts(connector, { limit: 10, after: null });
  return receipts.map(({ state, reason, remoteId }) => ({ state, reason, remoteId }));
};
/** The only maker in the sandbox that is no application of the tenant. */
const SOAR_ID = "f0e16000-1a1a-4b2b-8c3c-000000000099";
describe("a value that somebody else holds in the tenant", () => {
  it("stays out of the first plan with who holds it, read before that plan, and is no part of what is counted for room", async () => {
    await seedTheirs();
    await vouch(team, [value, ...someValues(2, "sha256")], { name: "Feed" });

    expect(await itemOf(reader)).toEqual([{ code: "held-by-others", reason: HELD }]);

    const made = await plan(actor, reader);
    expect(made).toMatchObject({ counts: { add: 2, blocked: 1 }, blockedByReason: { "held-by-others": 1 } });
    expect(await getPlan(actor, made.id)).toMatchObject({
      budget: { wanted: 2, chosen: 2 },
      unreadBecause: null,
    });
    expect(await getCapacity(reader)).toMatchObject({ foreign: 1 });
  });

  it("is neither written over nor deleted, whatever the team does with it", async () => {
    await seedTheirs();
    await vouch(team, [value], { name: "Feed" });
    await push(actor, reader);
    await unvouch(team, [value]);
    await push(actor, reader);

    expect(await remote.defender()).toEqual([
      expect.objectContaining({ title: "Theirs", createdBy: SOAR_ID }),
    ]);
    expect(await remote.writes()).toEqual([]);
  });

  it("is looked for once more before anything is sent, where planning could not", async () => {
    await vouch(team, [value], { name: "Feed" });
    await remote.control("POST", "faults", {
      match: { method: "GET", path: "/defender/api/indicators" },
      times: 20,
      status: 500,
    });
    const made = await plan(actor, reader);
    expect(made.counts.add).toBe(1);
    expect((await getPlan(actor, made.id)).unreadBecause).not.toBeNull();
    const id = await apply(actor, reader);
    await seedTheirs();
    await remote.control("DELETE", "faults");

    await deliverToTheEnd(id);

    expect(await remote.defender()).toEqual([
      expect.objectContaining({ title: "Theirs", createdBy: SOAR_ID }),
    ]);
    expect(await receiptOf(reader)).toEqual([{ state: "skipped", reason: HELD, remoteId: null }]);
  });

  it("goes out once the other has taken it away", async () => {
    await seedTheirs({ expirationTime: new Date(Date.now() + 3_600_000).toISOString() });
    await vouch(team, [value], { name: "Feed" });
    await plan(actor, reader);
    await remote.control("PUT", "clock", { advanceMs: 2 * 3_600_000 });
    await confirmConnector(reader.id, { signal });

    expect(await push(actor, reader)).toMatchObject({ counts: { accepted: 1 } });
  });

  it("holds nothing back where the other holds it for other device groups", async () => {
    await seedTheirs({ rbacGroupNames: ["Servers"] });
    await vouch(team, [value], { name: "Feed" });

    expect(await plan(actor, reader)).toMatchObject({ counts: { add: 1, blocked: 0 } });
  });

  it("stays out where a rule would send it to the other's device groups, and is not moved to them", async () => {
    await seedTheirs({ rbacGroupNames: ["Servers"] });
    await vouch(team, [value], { name: "Feed" });
    await push(actor, reader);
    const rules = rulesSchema.parse([{ when: { types: ["domain"] }, deviceGroups: ["Servers"] }]);
    await updateConnector(actor, reader, { rules });

    expect(await itemOf(reader)).toEqual([{ code: "held-by-others", reason: HELD }]);
    expect((await plan(actor, reader)).counts).toMatchObject({ add: 0, change: 0, remove: 0 });

    const ruled = await connect(actor, team, "defender", { app: "TPI_Reader", rules });
    expect(await itemOf(ruled)).toEqual([{ code: "held-by-others", reason: HELD }]);
  });

  it("keeps ours that stands beside it as it is: another action would meet theirs", async () => {
    await vouch(team, [value], { name: "Feed" });
    await push(actor, reader);
    await seedTheirs({ action: "Block" });
    await confirmConnector(reader.id, { signal });
    expect(await plan(actor, reader)).toMatchObject({ counts: { keep: 1 } });
    await updateConnector(actor, reader, { action: "Block" });

    expect(await itemOf(reader)).toEqual([
      { code: "held-by-others", reason: expect.stringContaining(`Held by ${SOAR} (Block)`) as string },
    ]);
    expect(await plan(actor, reader)).toMatchObject({ counts: { add: 0, change: 0, remove: 0 } });
    expect(await remote.defender()).toHaveLength(2);
  });

  it("is not written over by the team that a record is handed over to", async () => {
    const other = await makeTeam();
    const otherActor = await makeActor([[other, "owner"]]);
    const heir = await connect(otherActor, other, "defender", { app: "TPI_TeamB" });
    await vouch(team, [value], { name: "Feed" });
    await vouch(other, [value], { name: "Feed" });
    await push(actor, reader);
    await push(otherActor, heir);
    await seedTheirs({ action: "Block" });
    await confirmConnector(reader.id, { signal });
    await unvouch(team, [value]);

    expect(await push(actor, reader)).toMatchObject({ state: "done", counts: { removed: 1 } });

    expect(await remote.defender()).toEqual([
      expect.objectContaining({ title: "Theirs", createdBy: SOAR_ID }),
    ]);
    expect(await plan(otherActor, heir)).toMatchObject({ counts: { add: 1 } });
  });

  it("is told to nobody whose application cannot see it", async () => {
    await seedTheirs();
    await vouch(team, [value], { name: "Feed" });
    await plan(actor, reader);
    const other = await makeTeam();
    const otherActor = await makeActor([[other, "owner"]]);
    const blind = await connect(otherActor, other, "defender");
    await vouch(other, [value], { name: "Feed" });

    expect(await plan(otherActor, blind)).toMatchObject({ counts: { add: 1, blocked: 0 } });
  });
});

describe("a record that turns out to be somebody else's", () => {
  it("is let go of when it is read back after an import, and never deleted", async () => {
    await vouch(team, [value], { name: "Feed" });
    await plan(actor, reader);
    await seedTheirs({ action: "Audit" });
    await push(actor, reader);
    await confirmConnector(reader.id, { signal });

    expect(await receiptOf(reader)).toEqual([{ state: "skipped", reason: STANDS, remoteId: null }]);
    await unvouch(team, [value]);
    await push(actor, reader);
    await reconcileConnector(reader.id, { signal });

    expect(await remote.defender()).toEqual([expect.objectContaining({ createdBy: SOAR_ID })]);
    expect((await remote.writes()).filter(({ path }) => !path.endsWith("import"))).toEqual([]);
  });

  it("is looked at before it is deleted, where it was never read back", async () => {
    await vouch(team, [value], { name: "Feed" });
    await plan(actor, reader);
    await seedTheirs({ action: "Audit" });
    await push(actor, reader);
    await unvouch(team, [value]);

    expect(await push(actor, reader)).toMatchObject({ state: "done", counts: { removed: 0, skipped: 1 } });

    expect(await remote.defender()).toHaveLength(1);
    expect(await receiptOf(reader)).toEqual([{ state: "skipped", reason: STANDS, remoteId: null }]);
    expect(await plan(actor, reader)).toMatchObject({ counts: { remove: 0 } });
  });

  it("stays out of the next plan", async () => {
    await vouch(team, [value], { name: "Feed" });
    await plan(actor, reader);
    await seedTheirs({ action: "Audit" });
    await push(actor, reader);
    await confirmConnector(reader.id, { signal });

    expect(await itemOf(reader)).toEqual([{ code: "held-by-others", reason: HELD }]);
  });

  it("is known by the answer where the value went by a request of its own", async () => {
    const automatic = await connect(actor, team, "defender", { app: "TPI_Reader", mode: "automatic" });
    await plan(actor, automatic);
    await seedTheirs({ action: "Audit" });
    await vouch(team, [value], { name: "Feed" });
    await database.asOwner((client) =>
      client.query(
        `INSERT INTO urgent_item (connector_id, indicator_id, team_id, asked_at)
         SELECT $1, id, $2, now() FROM indicator WHERE value = $3`,
        [automatic.id, team.id, value.value],
      ),
    );

    const outcome = await planUrgent(automatic.id);
    if (outcome.status !== "applied") throw new Error(outcome.status);
    await deliverToTheEnd(outcome.pushId);

    expect((await remote.writes()).map(({ method }) => method)).toEqual(["POST"]);
    expect(await receiptOf(automatic)).toEqual([{ state: "skipped", reason: STANDS, remoteId: null }]);
    expect(await itemOf(automatic)).toEqual([{ code: "held-by-others", reason: HELD }]);
  });
});
