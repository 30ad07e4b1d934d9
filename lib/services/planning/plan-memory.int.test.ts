import { randomUUID } from "node:crypto";

import fc from "fast-check";
import type { PoolClient } from "pg";
import { beforeEach, describe, expect, it } from "vitest";

import { useSandbox } from "@/lib/connectors/testing/sandbox";
import { bulkAsTeam } from "@/lib/db/scope";
import { CONNECTOR_KINDS, type ConnectorKind } from "@/lib/domain/connector/kinds";
import { asDoer, SYSTEM, type Actor } from "@/lib/domain/access/actor";
import { updateBudget } from "@/lib/services/budget/update-budget";
import type { ConnectorView } from "@/lib/services/connectors/connector-view";
import { useTestDatabase } from "@/lib/testing/database";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";
import { startSandbox } from "@/sandbox/server";

import { countStaleItems } from "./check-plan";
import { createPlan } from "./create-plan";
import { readBackground } from "./plan-background";
import { findUnchanged, openMemory } from "./plan-memory";
import { readPlanningConnector } from "./planning-connector";
import { connect, forgetDestinations, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { lookAt } from "@/lib/services/delivery/testing/remote";

const database = useTestDatabase();
const sandbox = useSandbox(startSandbox);
const remote = lookAt(() => sandbox.url);
const HOUR_MS = 3_600_000;
const ITEMS = 6;

let team: TestTeam;
let actor: Actor;
let kind: ConnectorKind;
let connector: ConnectorView;
let feedId: string;
const begin = async (): Promise<void> => {
  await remote.reset();
  await database.asOwner((client) => forgetDestinations(client));
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
  connector = await connect(actor, team, kind);
  if (kind === "defender") await makeNarrow();
  feedId = await vouchApart("Feed");
};

/** Its tenant has fewer places than are wanted. */
const makeNarrow = async (): Promise<void> => {
  const administrator = await makeActor([], { isAdministrator: true });
  const [row] = await sql("SELECT destination_id AS id FROM connector WHERE id = $1", [connector.id]);
  await updateBudget(administrator, String(row?.["id"]), { headroom: TENANT_PLACES - 4 });
};
const TENANT_PLACES = 15_000;

const sql = (text: string, values: unknown[] = []) =>
  database.asOwner(async (client) => (await client.query<Record<string, unknown>>(text, values)).rows);

/** Values in a part of their own. */
const vouchApart = async (name: string, options: Partial<Parameters<typeof vouch>[2]> = {}) => {
  await sql(
    "SELECT setval(pg_get_serial_sequence('indicator', 'id'), (coalesce(max(id), 0) / 2048 + 1) * 2048) FROM indicator",
  );
  return vouch(team, someValues(ITEMS), { name: `${name} ${randomUUID()}`, ...options });
};

const planAt = (now: Date, options: Partial<Parameters<typeof createPlan>[0]> = {}) =>
  createPlan({ connectorId: connector.id, teamId: team.id, doer: asDoer(actor), now, ...options });
const itemsOf = (planId: string) =>
  sql("SELECT to_jsonb(p) - 'plan_id' AS item FROM plan_item p WHERE plan_id = $1 ORDER BY indicator_id", [
    planId,
  ]);
const remembered = async (now = new Date()) =>
  bulkAsTeam(team.id, async (client: PoolClient) => {
    const planning = await readPlanningConnector(client, { connectorId: connector.id, teamId: team.id });
    const background = await readBackground(client, planning, now);
    const { known, unknown } = await openMemory(client, planning, { background, now, isAfresh: false });
    return { known: known.size, unknown: unknown.length };
  });

/** Each changes something that verdicts rest on, of the one of the team's values or feeds that the number says. */
const CHANGES: readonly ((pick: number) => Promise<unknown>)[] = [
  () => vouchApart("More", { confidence: 30, tags: ["apt29"] }),
  async () => {
    await push(actor, connector);
  },
  (pick) => sql(`UPDATE attribution SET confidence = $2 WHERE id = ${ATTRIBUTION}`, [team.id, pick]),
  (pick) =>
    sql(`UPDATE attribution SET comment = $2 WHERE id = ${ATTRIBUTION}`, [team.id, `Said ${String(pick)}`]),
  (pick) =>
    sql(`UPDATE attribution SET valid_until = now() + make_interval(hours => $2) WHERE id = ${ATTRIBUTION}`, [
      team.id,
      pick,
    ]),
  () => sql(`UPDATE attribution SET until_generation = 2 WHERE id = ${ATTRIBUTION}`, [team.id]),
  (pick) =>
    sql(`UPDATE team_indicator SET valid_until = now() + make_interval(hours => $2) WHERE ${INDICATOR}`, [
      team.id,
      pick,
    ]),
  (pick) => sql(`UPDATE team_indicator SET tlp = 1 + $2 % 5 WHERE ${INDICATOR}`, [team.id, pick]),
  (pick) => sql(`UPDATE team_indicator SET halvings = $2 % 3 WHERE ${INDICATOR}`, [team.id, pick]),
  () => sql(`UPDATE team_indicator SET active = NOT active WHERE ${INDICATOR}`, [team.id]),
  () =>
    sql(
      `INSERT INTO tombstone (id, team_id, indicator_id, reason, created_by)
       SELECT gen_random_uuid(), $1, t.indicator_id, 'Wrong.', $2 FROM team_indicator t WHERE ${INDICATOR} AND NOT EXISTS (
         SELECT FROM tombstone x WHERE x.team_id = $1 AND x.indicator_id = t.indicator_id AND x.lifted_at IS NULL)`,
      [team.id, actor.userId],
    ),
  () => sql("UPDATE tombstone SET lifted_at = now() WHERE team_id = $1", [team.id]),
  (pick) => sql("UPDATE feed SET name = $2 WHERE id = $1", [feedId, `Feed ${String(pick)}`]),
  () => sql("UPDATE feed SET store_only = NOT store_only WHERE id = $1", [feedId]),
  () => sql("UPDATE feed SET visibility = 'everyone' WHERE id = $1", [feedId]),
  () => sql(`UPDATE feed SET settings = '{"subscription": {"connectors": []}}' WHERE id = $1`, [feedId]),
  (pick) =>
    sql("UPDATE connector SET selection = jsonb_build_object('minConfidence', $2::int) WHERE id = $1", [
      connector.id,
      pick,
    ]),
  (pick) =>
    sql("UPDATE connector SET selection = jsonb_build_object('maxAgeDays', 1 + $2::int % 20) WHERE id = $1", [
      connector.id,
      pick,
    ]),
  (pick) => sql("UPDATE connector SET expiry_days = 1 + $2::int % 60 WHERE id = $1", [connector.id, pick]),
  () => sql("UPDATE connector SET drift_mode = 'ask' WHERE id = $1", [connector.id]),
  (pick) => sql("UPDATE team SET name = $2 WHERE id = $1", [team.id, `Team ${String(pick)} ${team.id}`]),
  () =>
    sql(
      `UPDATE receipt SET drift = 'Removed there.' WHERE connector_id = $1 AND indicator_id = (
         SELECT min(indicator_id) FROM receipt WHERE connector_id = $1 AND drift IS NULL)`,
      [connector.id],
    ),
  () =>
    sql(
      `UPDATE receipt SET state = 'failed', reason = 'It is invalid.' WHERE connector_id = $1 AND indicator_id = (
         SELECT min(indicator_id) FROM receipt WHERE connector_id = $1 AND drift IS NULL)`,
      [connector.id],
    ),
  () =>
    sql(
      `DELETE FROM claim WHERE connector_id = $1 AND indicator_id = (SELECT max(indicator_id) FROM claim WHERE connector_id = $1)`,
      [connector.id],
    ),
  () =>
    sql(
      `INSERT INTO withheld (id, team_id, scope, feed_id, subject, reason, created_by, created_by_name)
       VALUES (gen_random_uuid(), $1, 'feed', $2, 'Feed', 'A bad day.', $3, 'A person') ON CONFLICT DO NOTHING`,
      [team.id, feedId, actor.userId],
    ),
  () =>
    sql("UPDATE withheld SET lifted_at = now(), lifted_by_name = 'A person' WHERE team_id = $1", [team.id]),
  () =>
    sql(
      "INSERT INTO decay_rule (team_id, type, half_life_days, floor) VALUES ($1, 4, 30, 60) ON CONFLICT DO NOTHING",
      [team.id],
    ),
  () =>
    sql("UPDATE connector SET gate = CASE WHEN gate IS NULL THEN $2::jsonb END WHERE id = $1", [
      connector.id,
      GATE,
    ]),
  (pick) =>
    sql(
      `INSERT INTO prevalence (connector_id, indicator_id, team_id, devices, wanted_at, asked_at)
       SELECT $2, indicator_id, $1, nullif($3::int % 7, 0), now(), now() FROM team_indicator WHERE ${INDICATOR}
       ON CONFLICT (connector_id, indicator_id) DO UPDATE SET devices = excluded.devices`,
      [team.id, connector.id, pick],
    ),
  () =>
    sql(
      `INSERT INTO gate_override (id, connector_id, team_id, indicator_id, reason, created_by, created_by_name)
       SELECT gen_random_uuid(), $2, $1, indicator_id, 'Ours to block.', $3, 'A person' FROM team_indicator WHERE ${INDICATOR}
       ON CONFLICT DO NOTHING`,
      [team.id, connector.id, actor.userId],
    ),
  () => sql("UPDATE gate_override SET lifted_at = now() WHERE connector_id = $1", [connector.id]),
  () => sql("UPDATE receipt SET still_shown = true WHERE connector_id = $1", [connector.id]),
  (pick) =>
    sql(
      `INSERT INTO record_override (connector_id, indicator_id, team_id, absent, expires_at, reason, decided_by, decided_by_name)
       SELECT $2, indicator_id, $1, $4::int % 2 = 0, now() + make_interval(hours => $4::int), 'So.', $3, 'A person'
       FROM team_indicator WHERE ${INDICATOR}
       ON CONFLICT (connector_id, indicator_id) DO UPDATE SET absent = excluded.absent, expires_at = excluded.expires_at`,
      [team.id, connector.id, actor.userId, pick],
    ),
  () => sql("DELETE FROM record_override WHERE connector_id = $1", [connector.id]),
];

/** What verdicts rest on at Defender alone. */
const CHANGES_AT_DEFENDER: typeof CHANGES = [
  (pick) =>
    sql(
      `UPDATE team_indicator SET last_seen = now() - make_interval(days => $2::int % 100) WHERE ${INDICATOR}`,
      [team.id, pick],
    ),
  () => sql("DELETE FROM budget_entry WHERE connector_id = $1 AND NOT chosen", [connector.id]),
  () => sql("UPDATE budget_entry SET chosen = NOT chosen WHERE connector_id = $1", [connector.id]),
  (pick) =>
    sql("UPDATE destination SET budget = jsonb_set(budget, '{headroom}', to_jsonb(14990 + $1::int % 10))", [
      pick,
    ]),
  (pick) =>
    sql(
      `UPDATE attribution SET context = coalesce(context, '{}') || jsonb_build_object('stronger', CASE WHEN $2 % 3 > 0 THEN (
         SELECT jsonb_agg(i.key) FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id
         WHERE t.team_id = $1 AND t.indicator_id % 3 = 0) END)
       WHERE id = ${ATTRIBUTION}`,
      [team.id, pick],
    ),
  (pick) =>
    sql("UPDATE connector SET rules = $2 WHERE id = $1", [
      connector.id,
      JSON.stringify(
        pick % 2 === 0 ? [] : [{ when: { feeds: [feedId] }, deviceGroups: ["Servers", "Kiosks"] }],
      ),
    ]),
  (pick) =>
    sql("UPDATE connector SET device_groups = $2 WHERE id = $1", [
      connector.id,
      pick % 2 === 0 ? [] : ["Kiosks"],
    ]),
  (pick) =>
    sql(
      `INSERT INTO foreign_record (destination_id, remote_id, key, type, value, scope, action, seen_at)
       SELECT c.destination_id, i.id || ' ' || $3, i.key, i.type, i.value, '', 'Block', now()
       FROM team_indicator t JOIN indicator i ON i.id = t.indicator_id JOIN connector c ON c.id = $2
       WHERE t.team_id = $1 ORDER BY i.id DESC LIMIT 1 ON CONFLICT DO NOTHING`,
      [team.id, connector.id, String(pick % 2)],
    ),
  () => sql("DELETE FROM foreign_record"),
  async () => {
    const other = await makeTeam();
    const beside = await makeActor([[other, "owner"]]);
    await vouch(other, someValues(2), { name: `Feed ${randomUUID()}`, confidence: 99 });
    const { id: connectorId } = await connect(beside, other, "defender");
    await createPlan({ connectorId, teamId: other.id, doer: asDoer(beside) });
  },
  () =>
    sql(
      `UPDATE destination d SET capacity = capacity || '{"shared": true}'
       FROM connector c WHERE c.destination_id = d.id AND c.id = $1`,
      [connector.id],
    ),
];

const GATE = JSON.stringify({ maxPrevalence: 3, nearAllowlist: true, otherTeams: true, whenUnknown: "wait" });
const ATTRIBUTION = `(SELECT max(id) FROM attribution WHERE team_id = $1 AND until_generation IS NULL)`;
const INDICATOR = `team_id = $1 AND indicator_id = (SELECT max(indicator_id) FROM team_indicator WHERE team_id = $1)`;

const WRITTEN = `
  SELECT p.memory, (SELECT max(i.xmin::text::bigint) FROM plan_item i) AS newest FROM plan p WHERE p.id = $1`;

describe.each(CONNECTOR_KINDS)("a plan for %s that remembers", (of) => {
  const changes = of === "defender" ? [...CHANGES, ...CHANGES_AT_DEFENDER] : CHANGES;
  beforeEach(async () => {
    kind = of;
    await begin();
  });

  it("is the plan that judges everything anew, whatever changed and however much time passed", async () => {
    const steps = fc.array(
      fc.record({
        change: fc.option(fc.nat({ max: changes.length - 1 })),
        pick: fc.integer({ min: 0, max: 100 }),
        hours: fc.oneof(fc.constant(0), fc.constant(0), fc.integer({ min: 0, max: 400 })),
      }),
      { minLength: 4, maxLength: 10 },
    );
    let used = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (some) => {
        await begin();
        let now = new Date();
        await planAt(now);
        for (const { change, pick, hours } of some) {
          now = new Date(now.getTime() + hours * HOUR_MS);
          if (change !== null) await changes[change]?.(pick);
          used += (await remembered(now)).known;
          const made = await planAt(now);
          const [row] = await sql("SELECT memory FROM plan WHERE id = $1", [made.id]);
          const afresh = await planAt(now, { isAfresh: true });

          expect({ ...made, id: afresh.id }).toEqual(afresh);
          expect(await itemsOf(made.id)).toEqual(await itemsOf(afresh.id));
          // The next step goes on from what was remembered, not from what was judged anew.
          await sql("DELETE FROM plan WHERE id = $1", [afresh.id]);
          await sql("UPDATE plan SET memory = $2 WHERE id = $1", [made.id, JSON.stringify(row?.["memory"])]);
        }
      }),
      { numRuns: 6 },
    );
    expect(used).toBeGreaterThan(0);
  }, 240_000);

  it("is found as stale as if all of it were judged again, whatever changed since", async () => {
    let skipped = 0;
    const some = fc.array(fc.tuple(fc.nat({ max: changes.length - 1 }), fc.integer({ min: 0, max: 100 })), {
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(some, some, async (before, since) => {
        await begin();
        await vouchApart("Two");
        for (const [change, pick] of before) await changes[change]?.(pick);
        const now = new Date();
        const { id: planId } = await planAt(now);
        for (const [change, pick] of since) await changes[change]?.(pick);

        await bulkAsTeam(team.id, async (client) => {
          const ids = { connectorId: connector.id, teamId: team.id };
          const planning = await readPlanningConnector(client, ids);
          const background = await readBackground(client, planning, new Date());
          const asked = { planId, background, now: new Date() };
          const unchanged = await findUnchanged(client, planning, asked);
          skipped += unchanged.length;
          const checking = {
            planId,
            connector: planning,
            isWithdrawal: false,
            isUrgent: false,
            plannedAt: now,
          };
          expect(await countStaleItems(client, { ...checking, unchanged })).toBe(
            await countStaleItems(client, checking),
          );
        });
      }),
      { numRuns: 25 },
    );
    expect(skipped).toBeGreaterThan(0);
  }, 240_000);

  it("reads nothing where nothing changed, and otherwise only the neighbours of what did", async () => {
    for (const name of ["Two", "Three"]) await vouchApart(name);
    await planAt(new Date());
    expect(await remembered()).toEqual({ known: 3, unknown: 0 });

    await sql(`UPDATE attribution SET comment = 'Other words' WHERE id = ${ATTRIBUTION}`, [team.id]);
    expect(await remembered()).toEqual({ known: 2, unknown: 1 });

    // What is to be added ends so many days after the hour in which it is planned. At Defender that is asked once it has a place.
    const stays = of === "defender" ? 2 : 0;
    expect(await remembered(new Date(Date.now() + HOUR_MS))).toEqual({ known: stays, unknown: 3 - stays });
  });

  it("judges everything anew where a gate decides, since that rests on more than is remembered", async () => {
    await sql("UPDATE connector SET gate = $2 WHERE id = $1", [connector.id, GATE]);
    await planAt(new Date());
    expect(await remembered()).toEqual({ known: 0, unknown: 1 });

    await sql("UPDATE connector SET gate = NULL WHERE id = $1", [connector.id]);
    await planAt(new Date());
    expect(await remembered()).toEqual({ known: 1, unknown: 0 });
  });

  it("writes nothing where nothing changed, made by the system itself", async () => {
    await push(actor, connector);
    const again = () => createPlan({ connectorId: connector.id, teamId: team.id, doer: SYSTEM });
    const one = await again();
    const before = await sql(WRITTEN, [one.id]);

    expect((await again()).id).toBe(one.id);

    expect(await sql(WRITTEN, [one.id])).toEqual(before);
  });

  it("judges everything anew where the plan that knew it has gone", async () => {
    await sql("UPDATE connector SET selection = '{\"minConfidence\": 90}' WHERE id = $1", [connector.id]);
    const one = await planAt(new Date());
    expect(one.counts.blocked).toBe(ITEMS);
    await sql("DELETE FROM plan_item WHERE plan_id = $1", [one.id]);

    const other = await planAt(new Date());

    expect(other.hash).toBe(one.hash);
    expect(await itemsOf(other.id)).toHaveLength(ITEMS);
  });
});
