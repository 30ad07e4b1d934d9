import { beforeEach, expect, it } from "vitest";

import { readClock } from "@/lib/db/clock";
import { bulkAsTeam } from "@/lib/db/scope";
import type { Actor } from "@/lib/domain/access/actor";
import { planLimitsSchema } from "@/lib/domain/delivery/plan-limits";
import { connect, plan, push, someValues, vouch } from "@/lib/services/delivery/testing/desk";
import { useDestinations } from "@/lib/testing/destinations";
import { makeActor, makeTeam, type TestTeam } from "@/lib/testing/people";

import { planAndApply } from "./plan-and-apply";
import { readBackground } from "./plan-background";
import { openMemory, takeOver } from "./plan-memory";
import { readPlanningConnector } from "./planning-connector";

const { database } = useDestinations();
const sql = (text: string, values: unknown[] = []) =>
  database.asOwner(async (client) => (await client.query<Record<string, unknown>>(text, values)).rows);

let team: TestTeam;
let actor: Actor;
beforeEach(async () => {
  team = await makeTeam();
  actor = await makeActor([[team, "owner"]]);
});

/** What is remembered of the connector now, for whoever plans next. */
const remember = (connectorId: string) =>
  bulkAsTeam(team.id, async (client) => {
    const planning = await readPlanningConnector(client, { connectorId, teamId: team.id });
    const now = await readClock(client);
    const background = await readBackground(client, planning, now);
    return openMemory(client, planning, { background, now, isAfresh: false });
  });

it.each(["defender", "sentinel"] as const)(
  "a plan for %s that waits for a person remembers what the newest one found, which it stands for",
  async (kind) => {
    const automaticLimits = planLimitsSchema.parse({ maxAdds: 1 });
    const connector = await connect(actor, team, kind, { mode: "automatic", automaticLimits });
    await vouch(team, someValues(2), { name: "Feed" });
    const waiting = await planAndApply(connector.id);
    expect(waiting).toMatchObject({ status: "waits" });

    const again = [await planAndApply(connector.id), await planAndApply(connector.id)];

    expect(again).toEqual([waiting, waiting]);
    expect(await remember(connector.id)).toMatchObject({
      ...{ unknown: [], isWhole: true, planId: "planId" in waiting ? waiting.planId : "" },
    });
  },
);

it("a plan keeps what it judged anew where a recall takes the place of that away before the rest is taken over", async () => {
  const defender = await connect(actor, team, "defender", { selection: { minConfidence: 50 } });
  const { id: connectorId } = defender;
  const values = someValues(2);
  const feed = await vouch(team, values, { name: "Feed" });
  await vouch(team, someValues(1), { name: "Unsure", confidence: 30 });
  await push(actor, defender);
  await sql("UPDATE attribution SET comment = 'Other words' WHERE feed_id = $1", [feed]);
  const newest = await plan(actor, defender);
  expect(newest.counts).toMatchObject({ change: 2, blocked: 1 });
  // One that is being made: its own items are written, and what stays out is still to be taken over.
  const [made] = await sql(
    `INSERT INTO plan (id, connector_id, team_id, hash, policy_hash, created_at)
     SELECT gen_random_uuid(), connector_id, team_id, hash, policy_hash, now() FROM plan WHERE id = $1 RETURNING id`,
    [newest.id],
  );
  const id = String(made?.["id"]);
  await sql(
    `INSERT INTO plan_item SELECT (jsonb_populate_record(p, jsonb_build_object('plan_id', $2::text))).* FROM plan_item p
     WHERE plan_id = $1 AND operation = 'change'`,
    [newest.id, id],
  );
  await sql("DELETE FROM budget_entry WHERE connector_id = $1", [connectorId]);

  const memory = await remember(connectorId);
  expect(memory.unknown).toEqual([]);
  await bulkAsTeam(team.id, (client) => takeOver(client, memory, { id, connectorId }));

  const items = await sql("SELECT operation::text FROM plan_item WHERE plan_id = $1 ORDER BY 1", [id]);
  expect(items.map(({ operation }) => operation)).toEqual(["blocked", "change", "change"]);
});
