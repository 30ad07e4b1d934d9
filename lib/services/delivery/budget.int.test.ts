import { Client } from "pg";
import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { asDoer, SYSTEM, type Actor } from "@/lib/domain/access/actor";
import { AppError } from "@/lib/domain/errors";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { applyPlan } from "./apply-plan";
import { confirmConnector } from "./confirm-connector";
import { createPlan } from "./create-plan";
import { dropUnappliedWishes } from "./drop-unapplied-wishes";
import { getBudget } from "./get-budget";
import { getPlan } from "./get-plan";
import { listDestinations } from "./list-destinations";
import { listPlanItems } from "./list-plan-items";
import { connect, CONTOSO, forgetDestinations, plan, push, someValues, vouch } from "./testing/desk";
import { lookAt } from "./testing/remote";
import { updateBudget } from "./update-budget";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const signal = new AbortController().signal;
const seed = (records: object) => remote.control("POST", "seed", { tenantId: CONTOSO, ...records });

type Side = { team: TestTeam; actor: Actor; defender: ConnectorView };
const makeSide = async (app: "TPI_TeamA" | "TPI_TeamB" | "TPI_Reader", settings = {}): Promise<Side> => {
  const team = await makeTeam();
  const actor = await makeActor([[team, "owner"]]);
  return { team, actor, defender: await connect(actor, team, "defender", { app, ...settings }) };
};

let administrator: Actor;
/** Its application sees all of the tenant. */
let reader: Side;
let blind: Side;
beforeEach(async () => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  administrator = await makeActor([], { isAdministrator: true });
  reader = await makeSide("TPI_Reader");
  blind = await makeSide("TPI_TeamB");
});

const destinationOf = ({ id }: ConnectorView): Promise<string> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT destination_id AS id FROM connector WHERE id = $1",
      [id],
    );
    return rows[0]?.id ?? "";
  });
const setBudget = async (patch: Parameters<typeof updateBudget>[2]) =>
  updateBudget(administrator, await destinationOf(reader.defender), patch);
/** So many others' records stand in the tenant, and the reader has seen them. */
const seeForeign = async (foreign: number): Promise<void> => {
  await seed({ foreign });
  await confirmConnector(reader.defender.id, { signal });
};
const planOf = async ({ actor, defender }: Side) => {
  const { id } = await plan(actor, defender);
  return getPlan(actor, id);
};
const blockedOf = async ({ team }: Side, planId: string) =>
  (await listPlanItems({ id: planId, teamId: team.id }, { operation: "blocked", limit: 100, after: null }))
    .items;
/** Every row of what is wanted, with the transaction that wrote it last. */
const readEntries = () =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ row: string }>(
      "SELECT xmin::text || b::text AS row FROM budget_entry b ORDER BY connector_id, indicator_id",
    );
    return rows.map(({ row }) => row);
  });
/** The numbers of the team's indicators, in their order. */
const idsOf = (team: TestTeam): Promise<string[]> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT indicator_id AS id FROM team_indicator WHERE team_id = $1 ORDER BY indicator_id",
      [team.id],
    );
    return rows.map(({ id }) => id);
  });
const announced = ({ id }: ConnectorView): Promise<number> =>
  database.asOwner(async (client) => {
    const { rows } = await client.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM outbox WHERE job = 'connector.plan' AND data->>'connectorId' = $1",
      [id],
    );
    return rows[0]?.count ?? 0;
  });
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : error),
  );

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
    const sent = await push(blind.actor, blind.defender);

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
    expect(await dropUnappliedWishes()).toBe(0);
    await database.asOwner((client) =>
      client.query("UPDATE plan SET created_at = now() - interval '25 hours' WHERE id = $1", [forgotten.id]),
    );

    expect(await dropUnappliedWishes()).toBe(1);

    expect((await planOf(blind)).counts).toMatchObject({ add: 10, blocked: 0 });
    const { id: planId, hash } = forgotten;
    const attempt = applyPlan({ planId, teamId: reader.team.id, hash, doer: asDoer(reader.actor) });
    expect(await codeOf(attempt)).toBe("stale");
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
      client.query("UPDATE budget_entry SET score = 0, chosen = false WHERE connector_id = $1", [
        blind.defender.id,
      ]),
    );
    const beside = await chooseBeside();
    const making = planOf(reader);
    await untilSomebodyWaits();
    await beside.client.query("UPDATE budget_entry SET score = 999, chosen = true WHERE connector_id = $1", [
      blind.defender.id,
    ]);
    await beside.finish();

    const made = await making;

    expect(made.counts).toMatchObject({ add: 4, blocked: 4 });
    expect(await blockedOf(reader, made.id)).toHaveLength(4);
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
    expect(await getBudget(blind.defender)).toMatchObject({ headroom: 0, share: null });
  });
});
