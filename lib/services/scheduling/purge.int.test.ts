import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import { asDoer, type Actor } from "@/lib/domain/access/actor";
import { indicatorId } from "@/lib/domain/indicator/identity";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { applyPlan } from "@/lib/services/planning/apply-plan";
import { connect, plan, someValues, vouch, type Vouched } from "@/lib/services/delivery/testing/desk";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { purgeOrphans, REFERENCES, sweepOrphans } from "./purge-orphans";
import { purgePlans } from "./purge-plans";

// Planning asks no destination: nothing listens here.
const database = useTestDatabase();
beforeAll(() => {
  process.env["SANDBOX_URL"] = "http://127.0.0.1:9";
});
afterAll(() => {
  delete process.env["SANDBOX_URL"];
});

let team: TestTeam;
let actor: Actor;
let defender: ConnectorView;
beforeEach(async () => {
  await asOwner(
    "TRUNCATE indicator, attribution, team_indicator, tombstone, claim, remote_record, receipt, plan, plan_item, push_item, setting",
  );
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  defender = await connect(actor, team, "defender");
});

const asOwner = (sql: string, values: unknown[] = []) =>
  database.asOwner((client) => client.query<Record<string, unknown>>(sql, values));
const count = async (table: string): Promise<number> => {
  const { rows } = await asOwner(`SELECT count(*)::int AS count FROM ${table}`);
  return Number(rows[0]?.["count"]);
};
const keysOf = (values: readonly Vouched[]) => values.map(({ type, value }) => indicatorId(type, value));
const stored = async (values: readonly Vouched[]): Promise<number> => {
  const { rows } = await asOwner("SELECT FROM indicator WHERE key = ANY ($1::uuid[])", [keysOf(values)]);
  return rows.length;
};
/** As when the generations that knew them are kept no longer. */
const forget = async (
  values: readonly Vouched[],
  tables: readonly string[] = ["attribution", "team_indicator"],
) => {
  for (const table of tables)
    await asOwner(
      `DELETE FROM ${table} x USING indicator i WHERE i.id = x.indicator_id AND i.key = ANY ($1::uuid[])`,
      [keysOf(values)],
    );
};

describe("an indicator", () => {
  it("is purged when nothing refers to it, and stays while anybody vouches for it", async () => {
    const [orphans, kept] = [someValues(20), someValues(30)];
    await vouch(team, [...orphans, ...kept], { name: "Feed" });
    await forget(orphans);

    expect(await purgeOrphans()).toBe(20);

    expect(await stored(orphans)).toBe(0);
    expect(await stored(kept)).toBe(30);
  });

  it("is purged in bounded stretches that go round", async () => {
    const [first, others] = [someValues(10), someValues(25)];
    await vouch(team, [...first, ...others], { name: "Feed" });
    await forget(others);
    const window = 10;

    const turns = [];
    for (let turn = 0; turn < 4; turn += 1) turns.push(await purgeOrphans({ window }));
    expect(turns.reduce((sum, went) => sum + went)).toBe(25);
    expect(turns.every((went) => went <= window)).toBe(true);

    await forget(first);
    for (let turn = 0; turn < 2; turn += 1) await purgeOrphans({ window });
    expect(await stored(first)).toBe(0);
  });

  it("is purged with all that stands beside it in one sweep", async () => {
    const left = someValues(25);
    await vouch(team, left, { name: "Feed" });
    await forget(left);
    // The turns before this one may have ended anywhere.
    const swept = (await sweepOrphans({ window: 10 })) + (await sweepOrphans({ window: 10 }));

    expect(swept).toBe(25);
    expect(await stored(left)).toBe(0);
  });

  it.each([
    ["team_indicator", []],
    [
      "tombstone",
      [
        "INSERT INTO tombstone (id, team_id, indicator_id, reason, created_by) SELECT gen_random_uuid(), $1, id, 'x', $1 FROM indicator",
      ],
    ],
    [
      "receipt",
      [
        "INSERT INTO receipt (connector_id, indicator_id, team_id, state) SELECT $1, id, $1, 'gone' FROM indicator",
      ],
    ],
    [
      "remote_record",
      [
        "INSERT INTO remote_record (id, destination_id, indicator_id) SELECT gen_random_uuid(), d.id, i.id FROM indicator i, destination d WHERE $1::uuid IS NOT NULL",
      ],
    ],
    [
      "push_item",
      [
        "INSERT INTO push_item (push_id, indicator_id, team_id, operation) SELECT $1, id, $1, 'add' FROM indicator",
      ],
    ],
  ])("stays while only %s knows it", async (table, statements) => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    for (const sql of statements) await asOwner(sql, [team.id]);
    await forget(
      values,
      ["attribution", "team_indicator"].filter((name) => name !== table),
    );

    expect(await purgeOrphans()).toBe(0);
    expect(await stored(values)).toBe(3);

    await forget(values, [table]);
    await purgeOrphans();
    expect(await stored(values)).toBe(0);
  });

  it("stays while a plan names it", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    await plan(actor, defender);
    await forget(values);

    expect(await purgeOrphans()).toBe(0);
  });

  it("is left alone while an ingest is under way, which may vouch for it at any moment", async () => {
    const values = someValues(3);
    await vouch(team, values, { name: "Feed" });
    await forget(values);

    await database.asOwner(async (client) => {
      await client.query("BEGIN");
      await client.query(
        "INSERT INTO indicator (key, type, value) SELECT key, type, value FROM indicator ON CONFLICT DO NOTHING",
      );
      expect(await purgeOrphans()).toBe(0);
      await client.query("COMMIT");
    });

    expect(await purgeOrphans()).toBe(3);
  });

  it("is looked for in every table that names indicators", async () => {
    const { rows } = await asOwner(
      "SELECT table_name AS name FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'indicator_id'",
    );
    expect(rows.map(({ name }) => name).toSorted()).toEqual(REFERENCES.toSorted());
  });
});

describe("a plan that nobody applied", () => {
  const setBack = (days: number, id: string) =>
    asOwner("UPDATE plan SET created_at = now() - make_interval(days => $2) WHERE id = $1", [id, days]);

  it("goes after 30 days with its items; a younger and an applied one stay", async () => {
    await vouch(team, someValues(5), { name: "Feed" });
    const applied = await plan(actor, defender);
    const { id: planId, hash } = applied;
    const { id: pushId } = await applyPlan({ planId, teamId: team.id, hash, doer: asDoer(actor) });
    await asOwner("UPDATE push SET state = 'done' WHERE id = $1", [pushId]);
    const [old, young] = [await plan(actor, defender), await plan(actor, defender)];
    for (const { id } of [applied, old]) await setBack(31, id);
    await setBack(29, young.id);

    expect(await purgePlans()).toBe(1);

    const { rows } = await asOwner("SELECT id FROM plan");
    expect(rows.map(({ id }) => id).toSorted()).toEqual([applied.id, young.id].toSorted());
    expect(await count("plan_item")).toBe(10);
  });

  it("goes also when it was refused as stale", async () => {
    const { id } = await plan(actor, defender);
    await asOwner("UPDATE plan SET state = 'stale' WHERE id = $1", [id]);
    await setBack(31, id);

    expect(await purgePlans()).toBe(1);
  });

  it("goes oldest first, with so many items in one turn", async () => {
    await vouch(team, someValues(4), { name: "Feed" });
    const made = [];
    for (const days of [40, 39, 38]) {
      const { id } = await plan(actor, defender);
      await setBack(days, id);
      made.push(id);
    }

    expect(await purgePlans({ maxItems: 8 })).toBe(2);
    const { rows } = await asOwner("SELECT id FROM plan");
    expect(rows.map(({ id }) => id)).toEqual(made.slice(2));
    expect(await purgePlans({ maxItems: 8 })).toBe(1);
    expect(await count("plan_item")).toBe(0);
  });
});
