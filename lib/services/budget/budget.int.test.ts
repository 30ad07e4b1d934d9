import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asDoer, SYSTEM, type Actor } from "@/lib/domain/access/actor";
import { blockedOf, codeOf, makeSide, planOf, useSharedTenant, type Side } from "@/lib/testing/shared-tenant";
import { startSandbox } from "@/sandbox/server";

import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { listPlanItems } from "@/lib/services/planning/list-plan-items";
import { getBudget } from "./get-budget";
import { listDestinations } from "./list-destinations";
import { plan, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";
import { updateBudget } from "./update-budget";

const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const tenant = useSharedTenant(remote);
const { database, seed, destinationOf, setBudget, seeForeign, readEntries, idsOf, announced } = tenant;
let administrator: Actor;
let reader: Side;
let blind: Side;
beforeEach(() => {
  ({ administrator, reader, blind } = tenant.sides());
});

describe("a plan for a tenant without room for all", () => {
  it("chooses what fits beside others' records and the headroom, and says of each other one its rank and the cut", async () => {
    await seeForeign(14_960);
    await setBudget({ headroom: 10 });
    await vouch(reader.team, someValues(20), { name: "Sure", confidence: 90 });
    await vouch(reader.team, someValues(25), { name: "Less sure", confidence: 50 });

    const made = await planOf(reader);

    expect(made.counts).toEqual({ add: 30, change: 0, remove: 0, keep: 0, blocked: 15 });
    expect(made.blockedByReason).toEqual({ "over-budget": 15 });
    expect(made.budget).toEqual({ wanted: 45, chosen: 30, cut: 30, ranked: 45 });
    const blocked = await blockedOf(reader, made.id);
    expect(blocked.map(({ rank }) => rank).sort((one, other) => (one ?? 0) - (other ?? 0))).toEqual(
      Array.from({ length: 15 }, (_, index) => 31 + index),
    );
    expect(blocked.find(({ rank }) => rank === 31)).toMatchObject({
      reason: "Not sent: rank 31, cut at 30.",
      cut: 30,
    });
    expect((await push(reader.actor, reader.defender)).counts).toMatchObject({ accepted: 30, failed: 0 });
  });

  it("is equal and writes nothing when nothing changed", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(20), { name: "Feed" });
    const { id: connectorId, teamId } = reader.defender;
    const [doer, now] = [asDoer(reader.actor), new Date()];
    const one = await createPlan({ connectorId, teamId, doer, now });
    const before = await readEntries();

    const other = await createPlan({ connectorId, teamId, doer, now });

    expect(before).toHaveLength(20);
    expect(await readEntries()).toEqual(before);
    expect({ ...other, id: one.id }).toEqual(one);
    expect(await blockedOf(reader, other.id)).toEqual(await blockedOf(reader, one.id));
  });

  it("made by the system itself is taken once more while it says the same, even where only ranks moved", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(20), { name: "Feed" });
    await push(reader.actor, reader.defender);
    const { id: connectorId, teamId } = reader.defender;
    const again = () => createPlan({ connectorId, teamId, doer: SYSTEM });
    const one = await again();
    expect(one.counts).toMatchObject({ keep: 10, blocked: 10 });

    expect((await again()).id).toBe(one.id);

    // It moves the ranks of what is cut, and nothing else.
    await setBudget({ weights: { confidence: 6 } });
    expect((await again()).id).toBe(one.id);
    await vouch(reader.team, someValues(1), { name: "Less sure", confidence: 1 });
    expect((await again()).id).not.toBe(one.id);
  });

  it("takes back what stands for what is worth more, and removes before it adds", async () => {
    await seed({ foreign: 7, capacity: 10 });
    await vouch(blind.team, someValues(5), { name: "Old", confidence: 40 });
    expect((await push(blind.actor, blind.defender)).counts).toMatchObject({ accepted: 3, failed: 2 });
    await vouch(blind.team, someValues(2), { name: "New", confidence: 95 });

    const made = await planOf(blind);
    const own = { id: made.id, teamId: blind.team.id };
    const { items } = await listPlanItems(own, { operation: "remove", limit: 10, after: null });
    for (const { reason, before } of items) {
      expect(reason).toMatch(/^It loses its place: rank \d+, cut at \d+\. It is removed\.$/);
      expect(before).not.toBeNull();
    }
    const sent = await push(blind.actor, blind.defender);

    expect(items).toHaveLength(2);
    expect(made.counts).toEqual({ add: 2, change: 0, remove: 2, keep: 1, blocked: 2 });
    expect(made.blockedByReason).toEqual({ "over-budget": 2 });
    expect(sent.counts).toMatchObject({ accepted: 2, removed: 2, failed: 0 });
    expect(await remote.defender()).toHaveLength(10);
  });

  it("asks a tenant that refused again after a day, where nobody may look", async () => {
    await seed({ foreign: 7, capacity: 10 });
    await vouch(blind.team, someValues(5), { name: "Feed" });
    await push(blind.actor, blind.defender);
    expect((await planOf(blind)).counts).toMatchObject({ add: 0, keep: 3, blocked: 2 });

    const { id: connectorId, teamId } = blind.defender;
    const inTwoDays = new Date(Date.now() + 2 * 86_400_000);
    const later = await createPlan({ connectorId, teamId, doer: asDoer(blind.actor), now: inTwoDays });
    expect(later.counts).toMatchObject({ add: 2, blocked: 0 });
  });

  it("is not passed by what a person saves again, and what is new goes at once and is ranked by the next plan", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(20), { name: "Feed" });
    const { id: connectorId, teamId } = reader.defender;
    const made = await planOf(reader);
    expect(made.counts).toMatchObject({ add: 10, blocked: 10 });
    await vouch(reader.team, someValues(1), { name: "Saved" });

    const only = { ids: await idsOf(reader.team), operations: "all" } as const;
    const urgent = await createPlan({ connectorId, teamId, doer: SYSTEM, only });

    expect(urgent.counts).toMatchObject({ add: 11, blocked: 0 });
  });

  it("no longer counts what was recalled or withdrawn", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(5), { name: "Feed" });
    await push(reader.actor, reader.defender);
    expect(await readEntries()).toHaveLength(5);

    const { id, hash } = await plan(reader.actor, reader.defender, true);
    expect(await readEntries()).toHaveLength(5);
    await applyPlan({ planId: id, teamId: reader.team.id, hash, doer: asDoer(reader.actor) });

    expect(await readEntries()).toEqual([]);
  });
});

describe("the budget of a destination", () => {
  it("is changed by administrators alone, is audited, and has automatic connectors plan anew", async () => {
    const automatic = await makeSide("TPI_TeamA", { mode: "automatic" });
    const destinationId = await destinationOf(automatic.defender);
    const before = await announced(automatic.defender);
    expect(await codeOf(updateBudget(automatic.actor, destinationId, { headroom: 5 }))).toBe("forbidden");
    expect(await codeOf(listDestinations(automatic.actor, new Date()))).toBe("forbidden");

    await setBudget({ headroom: 300, weights: { type: 3 } });

    expect(await announced(automatic.defender)).toBe(before + 1);
    const [view] = await listDestinations(administrator, new Date());
    expect(view).toMatchObject({ id: destinationId, limit: 15_000, headroom: 300, room: 14_700 });
    expect(await getBudget(automatic.defender)).toMatchObject({ headroom: 300, weights: { type: 3 } });
    const { rows } = await database.asOwner((client) =>
      client.query("SELECT subject_id FROM audit_entry WHERE action = 'budget.update' AND actor_id = $1", [
        administrator.userId,
      ]),
    );
    expect(rows).toEqual([{ subject_id: destinationId }]);
  });

  it("refuses floors that promise more than there is", async () => {
    const teams = { [blind.team.id]: { floor: 14_900, ceiling: null } };
    expect(await codeOf(setBudget({ headroom: 300, teams }))).toBe("invalid_input");
    await expect(
      setBudget({ teams: { [blind.team.id]: { floor: 20_000, ceiling: null } } }),
    ).rejects.toMatchObject({
      fields: [{ pointer: `/teams/${blind.team.id}/floor` }],
    });
    expect(await getBudget(blind.defender)).toMatchObject({ headroom: 0, share: null });
  });
});
