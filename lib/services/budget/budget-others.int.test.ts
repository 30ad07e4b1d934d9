import { Client } from "pg";
import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asDoer, SYSTEM } from "@/lib/domain/access/actor";
import { placesKeptUntil } from "@/lib/domain/delivery/plan-places";
import { blockedOf, codeOf, makeSide, planOf, useSharedTenant, type Side } from "@/lib/testing/shared-tenant";
import { startSandbox } from "@/sandbox/server";

import { applyPlan } from "@/lib/services/planning/apply-plan";
import { createPlan } from "@/lib/services/planning/create-plan";
import { getPlan } from "@/lib/services/planning/get-plan";
import { dropUnappliedWishes } from "./drop-unapplied-wishes";
import { getBudget } from "./get-budget";
import { plan, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";

const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const tenant = useSharedTenant(remote);
const { database, destinationOf, setBudget, seeForeign, readEntries, idsOf, announced } = tenant;
let reader: Side;
let blind: Side;
beforeEach(() => {
  ({ reader, blind } = tenant.sides());
});

describe("teams at one tenant", () => {
  it("share the place of a record that both want, and each has its floor", async () => {
    await seeForeign(14_990);
    await setBudget({ teams: { [blind.team.id]: { floor: 4, ceiling: null } } });
    const common = someValues(2);
    await vouch(reader.team, [...common, ...someValues(8)], { name: "Sure", confidence: 90 });
    await vouch(blind.team, [...common, ...someValues(8)], { name: "Doubtful", confidence: 20 });
    await plan(blind.actor, blind.defender);
    await plan(reader.actor, reader.defender);

    const [ofReader, ofBlind] = [await planOf(reader), await planOf(blind)];

    // Two are both teams': of ten places, the other's floor takes two more.
    expect(ofBlind.counts).toMatchObject({ add: 4, blocked: 6 });
    expect(ofReader.counts).toMatchObject({ add: 8, blocked: 2 });
    expect(ofReader.budget).toEqual({ wanted: 10, chosen: 8, cut: 8, ranked: 10 });
  });

  it("are told ranks among their own alone, and where their application sees the tenant what others have there", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(8), { name: "Sure", confidence: 90 });
    await vouch(blind.team, someValues(6), { name: "Doubtful", confidence: 20 });
    await plan(reader.actor, reader.defender);

    const made = await planOf(blind);

    expect(made.budget).toEqual({ wanted: 6, chosen: 2, cut: 2, ranked: 6 });
    const reasons = (await blockedOf(blind, made.id)).map(({ reason }) => reason).sort();
    expect(reasons).toEqual([3, 4, 5, 6].map((rank) => `Not sent: rank ${String(rank)}, cut at 2.`));
    const known = JSON.stringify([await getBudget(blind.defender), made]);
    expect(known).not.toContain(reader.team.id);
    // What others only wish for is theirs, whoever may look.
    expect((await planOf(reader)).budget).toMatchObject({ ranked: 8 });
    await push(blind.actor, blind.defender);
    expect((await planOf(reader)).budget).toMatchObject({ ranked: 10 });
  });

  it("plan anew when another's plan takes a place from them, and an older plan is not applied", async () => {
    await seeForeign(14_990);
    const automatic = await makeSide("TPI_TeamA", { mode: "automatic" });
    await vouch(automatic.team, someValues(10), { name: "Doubtful", confidence: 20 });
    const { id, hash, counts } = await plan(automatic.actor, automatic.defender);
    expect(counts.add).toBe(10);
    const before = await announced(automatic.defender);

    await vouch(reader.team, someValues(4), { name: "Sure", confidence: 90 });
    await plan(reader.actor, reader.defender);

    expect(await announced(automatic.defender)).toBe(before + 1);
    const attempt = applyPlan({ planId: id, teamId: automatic.team.id, hash, doer: asDoer(automatic.actor) });
    expect(await codeOf(attempt)).toBe("stale");
    expect((await planOf(automatic)).counts).toMatchObject({ add: 6, blocked: 4 });
    expect(await announced(automatic.defender)).toBe(before + 1);
  });

  it("get the places of a plan that nobody applied for a day, which then has to be made anew", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(10), { name: "Sure", confidence: 90 });
    await vouch(blind.team, someValues(10), { name: "Doubtful", confidence: 20 });
    const forgotten = await plan(reader.actor, reader.defender);
    expect((await planOf(blind)).counts).toMatchObject({ add: 0, blocked: 10 });
    const { createdAt, ...view } = await getPlan(reader.actor, forgotten.id);
    const kept = placesKeptUntil({ ...view, createdAt });
    expect(kept?.getTime()).toBe(createdAt.getTime() + 24 * 3_600_000);
    expect(await dropUnappliedWishes()).toBe(0);
    await database.asOwner((client) =>
      client.query("UPDATE plan SET created_at = now() - interval '25 hours' WHERE id = $1", [forgotten.id]),
    );

    expect(await dropUnappliedWishes()).toBe(1);

    expect((await planOf(blind)).counts).toMatchObject({ add: 10, blocked: 0 });
    const { id: planId, hash } = forgotten;
    const attempt = applyPlan({ planId, teamId: reader.team.id, hash, doer: asDoer(reader.actor) });
    await expect(attempt).rejects.toMatchObject({
      code: "stale",
      message:
        "Nobody applied this plan for a day; its places at the tenant are free again. Make a new plan and review it.",
    });
    expect(await dropUnappliedWishes()).toBe(0);
  });

  it("keep the places of what stands and of what is on its way, whatever was planned since", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(4), { name: "Standing", confidence: 90 });
    await push(reader.actor, reader.defender);
    await vouch(reader.team, someValues(3), { name: "New", confidence: 90 });
    await plan(reader.actor, reader.defender);
    await database.asOwner((client) =>
      client.query("UPDATE plan SET created_at = created_at - interval '25 hours' WHERE connector_id = $1", [
        reader.defender.id,
      ]),
    );

    expect(await dropUnappliedWishes()).toBe(1);

    expect(await readEntries()).toHaveLength(4);
  });

  it("leave to a paused connector the places of what it has there", async () => {
    await seeForeign(14_990);
    await vouch(blind.team, someValues(6), { name: "Doubtful", confidence: 20 });
    await push(blind.actor, blind.defender);
    await database.asOwner((client) =>
      client.query("UPDATE connector SET enabled = false WHERE id = $1", [blind.defender.id]),
    );
    await vouch(reader.team, someValues(8), { name: "Sure", confidence: 90 });

    expect((await planOf(reader)).counts).toMatchObject({ add: 4, blocked: 4 });
  });
});

describe("while somebody else chooses at a tenant", () => {
  /** Holds the choice of the tenant until it is let go, as a plan does that is being written. */
  const chooseBeside = async () => {
    const client = new Client({ connectionString: database.ownerUrl() });
    await client.connect();
    await client.query("BEGIN");
    await client.query("SELECT pg_advisory_xact_lock(hashtextextended('budget ' || $1, 0))", [
      await destinationOf(reader.defender),
    ]);
    return {
      client,
      finish: async () => {
        await client.query("COMMIT");
        await client.end();
      },
    };
  };
  const untilSomebodyWaits = () =>
    expect
      .poll(() =>
        database.asOwner(async (client) => {
          const { rows } = await client.query<{ waiting: number }>(
            "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'",
          );
          return rows[0]?.waiting;
        }),
      )
      .toBeGreaterThan(0);

  it("what a person saves or recalls is planned at once", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(3), { name: "Feed" });
    await push(reader.actor, reader.defender);
    await database.asOwner((client) =>
      client.query("UPDATE team_indicator SET active = false WHERE team_id = $1", [reader.team.id]),
    );
    const { id: connectorId, teamId } = reader.defender;
    const only = { ids: await idsOf(reader.team), operations: "all" } as const;
    const beside = await chooseBeside();
    // It writes one of the entries just now.
    await beside.client.query(
      "UPDATE budget_entry SET chosen = NOT chosen WHERE connector_id = $1 AND indicator_id = $2",
      [connectorId, only.ids[0]],
    );

    const made = await createPlan({ connectorId, teamId, doer: SYSTEM, only });

    expect(made.counts).toMatchObject({ remove: 3 });
    await beside.finish();
    expect(await readEntries()).toHaveLength(1);
  });

  it("a plan is judged and written, and chosen anew only where that changed something", async () => {
    await seeForeign(14_990);
    await vouch(reader.team, someValues(8), { name: "Sure", confidence: 50 });
    await vouch(blind.team, someValues(6), { name: "Surer", confidence: 90 });
    await plan(blind.actor, blind.defender);
    await database.asOwner((client) =>
      client.query("UPDATE budget_entry SET confidence = 0, chosen = false WHERE connector_id = $1", [
        blind.defender.id,
      ]),
    );
    const beside = await chooseBeside();
    const making = planOf(reader);
    await untilSomebodyWaits();
    await beside.client.query(
      "UPDATE budget_entry SET confidence = 90, chosen = true WHERE connector_id = $1",
      [blind.defender.id],
    );
    await beside.finish();

    const made = await making;

    expect(made.counts).toMatchObject({ add: 4, blocked: 4 });
    expect(await blockedOf(reader, made.id)).toHaveLength(4);
  });
});
